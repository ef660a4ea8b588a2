/** The second proof, as docs/API.md has it. */
export interface ContactStepView {
  /** Where a code may go; asked for by the place in this list. */
  readonly contacts: readonly { readonly channel: 'sms' | 'email'; readonly masked: string }[];
  /** No code goes out: somebody said that a recovery was not theirs. */
  readonly doubted?: true;
  readonly sent: SentCode | null;
  /** From when another code may be asked for. */
  readonly next_at: string;
  readonly locked_until: string | null;
  /** Until when they would wait, where they may. */
  readonly wait_until: string | null;
  readonly pending: PendingEnrolment | null;
}

export interface SentCode {
  readonly masked: string;
  readonly sent_at: string;
  readonly expires_at: string;
  readonly tries_left: number;
}

export interface PendingEnrolment {
  readonly since: string;
  readonly until: string;
}

/** What the link in a notice is about. */
export interface HeldEnrolment extends PendingEnrolment {
  readonly of: 'first' | 'recovery';
  /** Whether it counts already, or was carried out. */
  readonly counts: boolean;
}
