import type { CreationOptionsJson, RequestOptionsJson } from '../webauthn/options';
import type { components } from './generated';
import { get, patch, post, postForFile, postForPicture, put, remove, send } from './http';

/** As the description of the interface has it; what is looser there is said below. */
type Schemas = components['schemas'];

export type Status = Schemas['CaseStatus'];
export type Conclusion = Schemas['Conclusion'];
export type Act = Schemas['Right'];
export type Risk = Schemas['Risk'];
export type Role = Schemas['Role'];

export const ROLES: readonly Role[] = ['reviewer', 'supervisor', 'auditor', 'operator_manager', 'administrator'];

export type Me = Schemas['Me'];

export type ReasonTitle = Schemas['ReasonTitle'];

export type QueueRow = Required<Schemas['QueueRow']>;

export interface Queue {
  readonly cases: readonly QueueRow[];
  readonly counts: Readonly<Record<Status, number>>;
}

export type Decision = Required<Omit<Schemas['DecisionView'], 'settled'>> & {
  readonly settled: { readonly by: string; readonly at: string; readonly yes: boolean } | null;
};

export interface CaseView extends QueueRow {
  readonly verification: string;
  readonly revision: number;
  readonly conclusions: readonly Conclusion[];
  readonly decisions: readonly Decision[];
  readonly erased_at: string | null;
  readonly held_since: string | null;
  readonly held_by: string | null;
}

export interface Cue {
  readonly cue: string;
  readonly support: number | null;
  readonly findings?: readonly string[];
}

export interface Evidence {
  readonly iin: string | null;
  readonly case: {
    readonly scores: {
      readonly similarity: number | null;
      readonly presentation: number | null;
      readonly frames: number;
      readonly quality: number | null;
      readonly cues?: readonly Cue[];
    };
    readonly face_hits: readonly { readonly kind: string; readonly subject: string; readonly similarity: number }[];
    readonly statement?: string;
  };
  readonly thresholds: { readonly match_from: number; readonly no_match_below: number; readonly bona_fide_from: number; readonly attack_below: number };
  readonly has_frame: boolean;
  readonly attempt: {
    readonly started_at: string;
    readonly decided_at: string | null;
    readonly captures: number;
    readonly verdict: string | null;
    readonly factor: string | null;
    readonly reasons: readonly {
      readonly code: string;
      readonly title: string;
      readonly legal_basis: string | null;
      readonly source: string | null;
      readonly until: string | null;
    }[];
  } | null;
  readonly earlier: readonly QueueRow[];
  readonly same_device: readonly QueueRow[];
  readonly same_face: readonly QueueRow[];
  readonly same_frames: readonly QueueRow[];
  readonly device: string | null;
  readonly has_capture: boolean;
  /** What sources say now of what the player contests. */
  readonly records?: { readonly found: readonly SourceRecord[]; readonly is_whole: boolean };
}

/** What a source says of a person. */
export interface SourceRecord {
  readonly source: string;
  /** The source's own key of the record. */
  readonly row: string;
  readonly reason: string;
  readonly legal_basis: string;
  readonly from: string;
  readonly until: string | null;
  readonly refreshed_at: string | null;
  readonly version: number | null;
  readonly as_of: string | null;
}

/** Somebody who can take a case. */
export type Colleague = Schemas['Colleague'];

/** Colours of a surface: red, green and blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

export interface CaptureStep {
  /** Milliseconds after the beginning. */
  readonly at: number;
  readonly what: 'straight' | 'light' | 'command';
  readonly code?: string;
}

export interface CaptureFrame {
  /** Milliseconds after the beginning. */
  readonly at: number;
  readonly yaw?: number;
  readonly pitch?: number;
  readonly eyes?: number;
  readonly mouth?: number;
  readonly quality?: number;
  readonly presentation?: number;
  readonly face?: Rgb;
  readonly background?: Rgb;
  readonly rejection?: string;
  readonly picture?: number;
  readonly kept: boolean;
}

export interface Capture {
  readonly began_at: string;
  readonly virtual_camera: boolean;
  readonly steps: readonly CaptureStep[];
  readonly frames: readonly CaptureFrame[];
  readonly best: number | null;
  readonly attempts_left: number;
  readonly program: string;
  readonly models: readonly Model[];
}

export interface Model {
  readonly role: string;
  readonly name: string;
  readonly sha256: string;
}

export interface Trail {
  readonly events: readonly {
    readonly sequence: number;
    readonly at: string;
    readonly kind: string;
    readonly details: Readonly<Record<string, unknown>>;
    readonly path: number;
  }[];
  readonly size: number;
  readonly root: string;
  readonly checkpoint: string;
}

export type MeasureKind = Schemas['ProposalKind'];

/** Something that takes two. */
export interface Proposal {
  readonly id: string;
  readonly kind: MeasureKind;
  readonly subject: string;
  readonly measure: Readonly<Record<string, unknown>>;
  readonly why: string;
  readonly identity_check?: string;
  readonly by: string;
  readonly at: string;
  readonly state: 'waiting' | 'refused' | 'allowed' | 'done' | 'lapsed';
  readonly until?: string;
  /** What who asked fetches when it is allowed; all else is done with the yes. */
  readonly fetched?: 'bundle' | 'invitation' | 'secret';
  readonly settled?: { readonly by: string; readonly at: string; readonly yes: boolean };
}

export const isProposal = (answer: unknown): answer is Proposal => typeof answer === 'object' && answer !== null && 'kind' in answer;

/** What was drawn when something was carried out; shown once. */
export interface Drawn {
  readonly proposal: Proposal;
  readonly secret?: string;
}

/** Somebody who came in and waits for another to confirm who they are. */
export interface Unconfirmed {
  readonly member: StaffMember;
  readonly asked_by: readonly string[];
  /** Whether who reads it may confirm them. */
  readonly yours: boolean;
}

export interface Operator {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly redirect_uris: readonly string[];
  readonly contact?: string;
  readonly requests_per_second: number;
  readonly disabled_at?: string;
}

export const SCOPES = ['play', 'check:login', 'check:bet', 'check:marketing'] as const;

export interface OperatorFields {
  readonly name: string;
  readonly redirect_uris: readonly string[];
  readonly scopes: readonly string[];
  readonly contact?: string;
  readonly requests_per_second: number;
  readonly authentication?: string;
  readonly jwks?: unknown;
  readonly jwks_uri?: string;
}

/** Where an operator's messages go. */
export interface Webhook {
  readonly url: string;
  readonly created_at: string;
  readonly disabled_at?: string;
  readonly old_secret_until?: string;
}

export type SourceVersion = Omit<Schemas['VersionRow'], 'report'> & {
  readonly report: { readonly suspicions?: readonly { readonly text: string }[] } | null;
};

export type Source = Omit<Schemas['SourceRow'], 'versions'> & { readonly versions: readonly SourceVersion[] };

/** A background job: its last run and the next. */
export type Job = Required<Schemas['JobRow']>;

export interface Keys {
  readonly signing: { readonly keys: readonly { readonly kid: string; readonly alg?: string }[] };
  readonly registry_generation: number;
  readonly models: readonly Model[];
}

export type Spell = Schemas['Duration'];

export interface Figure {
  /** A day of Almaty. */
  readonly day: string;
  readonly operator: string;
  readonly code: string;
  readonly title?: string;
  readonly count: number;
}

export interface Overview {
  readonly from: string;
  readonly until: string;
  readonly verdicts: readonly Figure[];
  readonly reasons: readonly Figure[];
  readonly findings: readonly Figure[];
  readonly verification_times: readonly Spell[];
  readonly case_times: readonly Spell[];
  readonly sources: readonly { readonly name: string; readonly refreshed_at: string; readonly stale_at: string; readonly fresh: boolean }[];
}

export interface StaffMember {
  readonly login: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly added_at: string;
  readonly disabled_at?: string;
  readonly confirmed_at?: string;
}

export interface Invited {
  readonly member: StaffMember;
  readonly link: string;
}

export interface Begun<Options> {
  readonly ceremony: string;
  readonly options: { readonly publicKey: Options };
}

export interface Filter {
  readonly status: Status | '';
  readonly holder: '' | 'me' | 'nobody';
  readonly reason: string;
  readonly operator: string;
  readonly risk: Risk | '';
  readonly finding: string;
  readonly from: string;
  readonly until: string;
  readonly device: string;
}

const BASE = '/api/console';
const at = (id: string, what = '') => `${BASE}/cases/${encodeURIComponent(id)}${what}`;
const proposal = (id: string, what: string) => `${BASE}/proposals/${encodeURIComponent(id)}${what}`;
const source = (name: string, what: string) => `${BASE}/sources/${encodeURIComponent(name)}${what}`;
const hook = (operator: string) => `${BASE}/operators/${encodeURIComponent(operator)}/webhook`;
const of = (login: string, what = '') => `${BASE}/staff/${encodeURIComponent(login)}${what}`;

export const console_ = {
  me: () => get<Me>(`${BASE}/me`),
  beginJoining: (invitation: string) =>
    post<Begun<CreationOptionsJson> & { readonly login: string; readonly name: string }>(`${BASE}/join/start`, { invitation }),
  finishJoining: (invitation: string, ceremony: string, credential: unknown) => post<Me>(`${BASE}/join/finish`, { invitation, ceremony, credential }),
  beginSigningIn: (login: string) => post<Begun<RequestOptionsJson>>(`${BASE}/sign-in/start`, { login }),
  finishSigningIn: (ceremony: string, credential: unknown) => post<Me>(`${BASE}/sign-in/finish`, { ceremony, credential }),
  beginStepUp: () => post<Begun<RequestOptionsJson>>(`${BASE}/step-up/start`),
  finishStepUp: (ceremony: string, credential: unknown) => post<Me>(`${BASE}/step-up/finish`, { ceremony, credential }),
  drawCode: () => post<{ readonly code: string; readonly expires_at: string }>(`${BASE}/me/code`),
  confirmations: () => get<readonly Unconfirmed[]>(`${BASE}/confirmations`),
  confirm: (login: string, code: string) => post<StaffMember>(`${BASE}/confirmations/${encodeURIComponent(login)}`, { code }),
  signOut: () => send(`${BASE}/sign-out`, {}),

  queue: (filter: Filter, before: string | null) => {
    const query = new URLSearchParams({ limit: '50' });
    for (const [name, value] of Object.entries(filter)) if (value) query.set(name, value as string);
    // Whoever waits longest is seen first; what is over is read from its end.
    const oldest = filter.status === 'open' || filter.status === 'proposed';
    if (oldest) query.set('order', 'oldest');
    if (before) query.set(oldest ? 'after' : 'before', before);
    return get<Queue>(`${BASE}/cases?${query.toString()}`);
  },
  find: (iin: string, why: string) => post<Queue>(`${BASE}/cases/find`, { iin, why }),
  open: (id: string) => get<CaseView>(at(id)),
  evidence: (id: string, why: string) => post<Evidence>(at(id, '/evidence'), { why }),
  picture: (id: string, which: 'frame' | 'id-photo' | number, why: string, aligned = false) => postForPicture(at(id, `/pictures/${which}`), { why, aligned }),
  capture: (id: string, why: string) => post<Capture>(at(id, '/capture'), { why }),
  trail: (id: string) => get<Trail>(at(id, '/trail')),
  ask: (id: string, what: 'erase' | 'export' | 'unlock', why: string) => post<Proposal>(at(id, `/${what}`), { why }),
  askForPerson: (id: string, what: 'forget-factors' | 'take-back', why: string, identityCheck: string) =>
    post<Proposal>(at(id, `/${what}`), { why, identity_check: identityCheck }),
  hold: (id: string, held: boolean, why: string) => send(at(id, '/hold'), { held, why }),
  proposals: (subject?: string) => get<readonly Proposal[]>(`${BASE}/proposals${subject ? `?subject=${encodeURIComponent(subject)}` : ''}`),
  settleProposal: (id: string, yes: boolean) => post<Proposal>(proposal(id, '/settle'), { yes }),
  bundle: (id: string) => postForFile(proposal(id, '/bundle')),
  invitation: (id: string) => post<Invited>(proposal(id, '/invitation')),
  operators: () => get<readonly Operator[]>(`${BASE}/operators`),
  secret: (id: string) => post<Drawn>(proposal(id, '/secret')),
  addOperator: (operator: OperatorFields & { readonly id: string }, why: string) => post<Proposal>(`${BASE}/operators`, { operator, why }),
  changeOperator: (id: string, change: OperatorFields, why: string) =>
    patch<Operator | Proposal>(`${BASE}/operators/${encodeURIComponent(id)}`, { change, why }),
  webhook: (id: string) => get<Webhook>(hook(id)),
  setWebhook: (id: string, url: string, why: string) => put<Proposal>(hook(id), { url, why }),
  rotateWebhook: (id: string, why: string) => post<Proposal>(`${hook(id)}/rotate`, { why }),
  removeWebhook: (id: string) => remove(hook(id)),
  switchOperator: (id: string, disabled: boolean, why: string) =>
    post<Operator | Proposal>(`${BASE}/operators/${encodeURIComponent(id)}/switch`, { disabled, why }),
  /** How many grants a stop would end. */
  standing: (id: string) => get<{ readonly grants: number }>(`${BASE}/operators/${encodeURIComponent(id)}/standing`),
  sources: () => get<readonly Source[]>(`${BASE}/sources`),
  release: (name: string, version: number, why: string) => post<Proposal>(source(name, '/release'), { version, why }),
  discard: (name: string, version: number, why: string) => post<Proposal>(source(name, '/discard'), { version, why }),
  rollBack: (name: string, from: number, version: number, why: string) => post<Proposal>(source(name, '/roll-back'), { from, version, why }),
  jobs: () => get<readonly Job[]>(`${BASE}/jobs`),
  keys: () => get<Keys>(`${BASE}/keys`),
  colleagues: () => get<readonly Colleague[]>(`${BASE}/colleagues`),
  take: (id: string) => post<CaseView>(at(id, '/take')),
  handOver: (id: string, to: string | null) => post<CaseView>(at(id, '/hand-over'), { to }),
  conclude: (id: string, conclusion: Conclusion, toPlayer: string, internal: string) =>
    post<CaseView>(at(id, '/conclude'), { conclusion, to_player: toPlayer, internal }),
  settle: (id: string, yes: boolean) => post<CaseView>(at(id, '/settle'), { yes }),

  overview: (days: number) => get<Overview>(`${BASE}/overview?days=${days}`),
  overviewTable: (days: number) => `${BASE}/overview.csv?days=${days}`,

  staff: () => get<readonly StaffMember[]>(`${BASE}/staff`),
  invite: (login: string, name: string, roles: readonly Role[], why?: string) => post<Invited | Proposal>(`${BASE}/staff`, { login, name, roles, why }),
  reinvite: (login: string, why?: string) => post<Invited | Proposal>(of(login, '/invite'), { why }),
  change: (login: string, change: { roles?: readonly Role[]; disabled?: boolean; why?: string }) => patch<StaffMember | Proposal>(of(login), change),
};
