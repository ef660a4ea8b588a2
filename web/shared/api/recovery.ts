import type { ContactStepView, SentCode } from './contact';

/** What whoever lost every second factor may do, as docs/API.md has it. */
export interface RecoveryView {
  readonly state: 'open' | 'waits' | 'due' | 'closed';
  /** When the one began that waits or is due. */
  readonly since: string | null;
  /** Open: until when it would wait; waits: until when it does; due: until when it may be carried out; closed: until when. */
  readonly until: string;
  /** Where a code may go; none while a code does nothing. */
  readonly contacts: ContactStepView['contacts'];
  readonly sent: SentCode | null;
  readonly next_at: string;
  readonly locked_until: string | null;
}
