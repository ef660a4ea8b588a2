import type { ContactStepView, SentCode } from './contact';

/** How a self-restriction is taken back by its person, as docs/API.md has it. */
export interface TakeBackView {
  /** Where a code may go. */
  readonly contacts: ContactStepView['contacts'];
  readonly sent: SentCode | null;
  readonly next_at: string;
  readonly locked_until: string | null;
}
