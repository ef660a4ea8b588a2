import type { CreationOptionsJson, RequestOptionsJson } from '../webauthn/options';
import type { ContactStepView, HeldEnrolment } from './contact';
import type { RecoveryView } from './recovery';
import type { TakeBackView } from './take-back';
import { get, patch, post } from './http';
import type { Enrolled, Method, VerificationView } from './verification';

/** The version of the consent text in verify/i18n; a changed text needs a new one here and on the server. */
const CONSENT_VERSION = '2026-11';

export interface TotpEnrolment {
  readonly otpauth_uri: string;
  readonly secret: string;
  readonly qr_svg: string;
}

/** Somebody asked whether this person may play. */
export interface Enquiry {
  readonly operator: string;
  /** `play` of a verification, else what a check was for. */
  readonly purpose: string;
  readonly at: string;
  /** Until when it asked again and again. */
  readonly until: string | null;
}

/** One of the person's own ways to confirm that it is them. */
export interface OwnFactor {
  readonly id: string;
  readonly kind: 'passkey' | 'totp';
  readonly name: string | null;
  readonly created_at: string;
  readonly used_at: string | null;
  /** What was shown before it was bound to the person. */
  readonly bound_by: 'contact' | 'wait' | 'face';
  /** Shown or made in this visit. */
  readonly used_now: boolean;
}

export interface OwnFactors {
  readonly factors: readonly OwnFactor[];
  readonly recovery_codes: { readonly left: number; readonly of: number };
  readonly addable: readonly Method[];
}

const at = (path: string): string => `/api/player/${path}`;

export const player = {
  verification: () => get<VerificationView>(at('verification')),
  consent: () => post<VerificationView>(at('consent'), { accepted: true, version: CONSENT_VERSION }),
  identify: (iin: string) => post<VerificationView>(at('identify'), { iin }),
  cancel: () => post<VerificationView>(at('cancel')),
  pretendCapture: () => post<VerificationView>(at('captures/pretend')),
  pretendContact: () => post<VerificationView>(at('contact/pretend')),
  pretendFactor: () => post<VerificationView>(at('second-factor/pretend')),
  contact: () => get<ContactStepView>(at('contact')),
  contactSend: (contact: number) => post<ContactStepView>(at('contact/send'), { contact }),
  contactVerify: (code: string) => post<VerificationView>(at('contact/verify'), { code }),
  contactWait: () => post<VerificationView>(at('contact/wait')),
  contactNotMe: () => post<ContactStepView>(at('contact/not-me')),
  heldEnrolment: (token: string) => post<HeldEnrolment>(at('not-me/look'), { token }),
  disownEnrolment: (token: string) => post<unknown>(at('not-me'), { token }),
  passkeyRegisterStart: () => post<{ publicKey: CreationOptionsJson }>(at('passkey/register/start')),
  passkeyRegisterFinish: (credential: unknown) => post<Enrolled>(at('passkey/register/finish'), credential),
  passkeyAuthenticateStart: () => post<{ publicKey: RequestOptionsJson }>(at('passkey/authenticate/start')),
  passkeyAuthenticateFinish: (credential: unknown) => post<VerificationView>(at('passkey/authenticate/finish'), credential),
  lockPasskeyStart: () => post<{ publicKey: RequestOptionsJson }>(at('lock/passkey/start')),
  lockPasskeyFinish: (credential: unknown) => post<VerificationView>(at('lock/passkey/finish'), credential),
  totpEnrolStart: () => post<TotpEnrolment>(at('totp/enrol/start')),
  totpEnrolFinish: (code: string) => post<Enrolled>(at('totp/enrol/finish'), { code }),
  totpVerify: (code: string) => post<VerificationView>(at('totp/verify'), { code }),
  confirmStart: () => post<{ publicKey: RequestOptionsJson }>(at('self-restriction/confirm/start')),
  restrictSelf: (months: number, factor: unknown) => post<VerificationView>(at('self-restriction'), { months, factor }),
  factorsLost: () => post<VerificationView>(at('second-factor/lost')),
  recovery: () => get<RecoveryView>(at('recovery')),
  recoverySend: (contact: number) => post<RecoveryView>(at('recovery/send'), { contact }),
  recoveryVerify: (code: string) => post<VerificationView>(at('recovery/verify'), { code }),
  takeBack: () => get<TakeBackView>(at('self-restriction/take-back')),
  takeBackSend: (contact: number) => post<TakeBackView>(at('self-restriction/take-back/send'), { contact }),
  takeBackVerify: (code: string) => post<VerificationView>(at('self-restriction/take-back/verify'), { code }),
  factors: () => get<OwnFactors>(at('factors')),
  addPasskeyStart: (factor: unknown) => post<{ publicKey: CreationOptionsJson }>(at('factors/passkey/start'), { factor }),
  addPasskeyFinish: (credential: unknown) => post<OwnFactors>(at('factors/passkey/finish'), { credential }),
  addTotpStart: (factor: unknown) => post<TotpEnrolment>(at('factors/totp/start'), { factor }),
  addTotpFinish: (code: string) => post<OwnFactors>(at('factors/totp/finish'), { code }),
  renewRecoveryCodes: (factor: unknown) => post<{ own: OwnFactors; recovery_codes: readonly string[] }>(at('factors/recovery-codes'), { factor }),
  renameFactor: (id: string, name: string) => patch<OwnFactors>(at(`factors/${id}`), { name }),
  removeFactor: (id: string, factor: unknown) => post<OwnFactors>(at(`factors/${id}/remove`), { factor }),
  enquiries: (before: string | null) => get<{ enquiries: readonly Enquiry[]; next: string | null }>(at(before ? `enquiries?before=${before}` : 'enquiries')),
  contest: (reason: string, statement: string) => post<VerificationView>(at('contest'), { reason, statement }),
  recoveryCodeVerify: (code: string) => post<VerificationView>(at('recovery-code/verify'), { code }),
};
