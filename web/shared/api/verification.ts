/** The verification view of docs/API.md: all that the player's pages know. */
export type Stage = 'consent' | 'identify' | 'face' | 'contact' | 'second_factor' | 'decided';
export type Method = 'passkey' | 'totp' | 'recovery_code';
export type Result = 'approved' | 'refused' | 'under_review' | 'cancelled';

export interface Reason {
  readonly code: string;
  /** What it is, in a few words. */
  readonly title: string;
  /** What it means and what to do. */
  readonly text: string;
  readonly legal_basis: string | null;
  readonly source: string | null;
  readonly until: string | null;
  /** Whom to turn to, where the service says so. */
  readonly turn_to?: string;
  /** Whether the player can still say that it is wrong, or said so. */
  readonly contest?: 'open_to' | 'opened';
}

export interface Term {
  readonly months: number;
  /** The day on which it would end. */
  readonly until: string;
}

/** What a player who has shown who they are may do about the decision. */
export interface SelfService {
  readonly until: string;
  readonly methods: readonly Method[];
  readonly restricted_until: string | null;
  readonly terms: readonly Term[];
  /** Until when what is declared now can be taken back; only in the visit of a first way to confirm. */
  readonly revocable_until?: string;
  /** Until when one that was declared can be. */
  readonly take_back_until?: string;
  /** Whether a code of another contact of theirs would take it back. */
  readonly take_back_alone?: true;
}

export interface Outcome {
  readonly result: Result;
  readonly reasons: readonly Reason[];
  /** What staff wrote to the player. */
  readonly note?: string;
  /** Whether the operator was sent the answer already; it may not have arrived. */
  readonly returned: boolean;
  /** Leads back with the answer; once that is over, to the operator's site, or nowhere. */
  readonly return_url: string;
}

export interface SecondFactor {
  readonly mode: 'enrol' | 'prove';
  readonly methods: readonly Method[];
  readonly locked_until: string | null;
  /** A recovery that waits or is due: showing a factor ends it. */
  readonly recovery?: { readonly since: string; readonly until: string };
}

export interface VerificationView {
  /** What this visit is called where a page says whose it shows. */
  readonly visit: string;
  readonly stage: Stage;
  /** `site`: where the operator's site begins. */
  readonly operator: { readonly name: string; readonly site?: string | null };
  readonly sandbox: boolean;
  readonly expires_at: string;
  readonly face: {
    readonly attempts_left: number;
    readonly locked_until?: string | null;
    /** The person is locked, and may pass that by a passkey. */
    readonly passkey_passes?: boolean;
  };
  readonly second_factor: SecondFactor | null;
  /** Who plays this person; only in a sandbox, and only for IINs of its list. */
  readonly scenario?: string;
  readonly outcome: Outcome | null;
  readonly self_service?: SelfService;
}

/** What enrolling the first second factor answers: the recovery codes are shown this once. */
export interface Enrolled {
  readonly verification: VerificationView;
  readonly recovery_codes: readonly string[];
}
