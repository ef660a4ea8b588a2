import { player } from '../shared/api/player';
import { type Problem, problemOf } from '../shared/api/problem';
import { OTHER_VISIT, visit } from '../shared/api/visit';
import type { Enrolled, Stage, VerificationView } from '../shared/api/verification';

export type Page = 'loading' | 'unreachable' | 'ended' | 'other_visit' | 'recovery_codes' | Stage;

// Refusals that say the page no longer matches the verification, rather than that the input was wrong.
const OUT_OF_STEP = new Set([401, 404, 409, 410]);
// And these say, of the verification itself, that there is none (any more).
const GONE = new Set([401, 404, 410]);

/** Where the player stands. The server decides the step; the page only follows its view. */
export class Flow {
  view = $state.raw<VerificationView | null>(null);
  /** Shown once, before anything else: they come together with a view that may already be decided. */
  recoveryCodes = $state.raw<readonly string[] | null>(null);
  #trouble = $state<'unreachable' | 'ended' | 'other_visit' | null>(null);
  #turn = 0;

  get page(): Page {
    if (this.#trouble) return this.#trouble;
    if (!this.view) return 'loading';
    return this.recoveryCodes ? 'recovery_codes' : this.view.stage;
  }

  /** Asks the server where we are: on load, on a change of language, and whenever page and server seem out of step. */
  async refresh(): Promise<void> {
    const turn = this.#turn;
    try {
      const view = await player.verification();
      // A step taken while this answer was under way is newer than the answer: ask again, for its language.
      if (turn !== this.#turn) return await this.refresh();
      this.accept(view);
    } catch (error) {
      const { status, code } = problemOf(error);
      if (code === OTHER_VISIT) this.#trouble = 'other_visit';
      else if (GONE.has(status)) this.#trouble = 'ended';
      else if (!this.view) this.#trouble = 'unreachable';
    }
  }

  accept(view: VerificationView): void {
    this.#turn += 1;
    this.#trouble = null;
    visit.show(view.visit);
    this.view = view;
  }

  /** Leaves the visit that this page showed for the one that the browser is in. */
  async goOn(): Promise<void> {
    visit.forget();
    this.#turn += 1;
    this.#trouble = null;
    this.recoveryCodes = null;
    this.view = null;
    await this.refresh();
  }

  acceptEnrolled({ verification, recovery_codes }: Enrolled): void {
    this.recoveryCodes = recovery_codes;
    this.accept(verification);
  }

  /** The player has kept the codes; the page forgets them. */
  codesSaved(): void {
    this.recoveryCodes = null;
  }

  /** What a refused step means for the page; gives the problem back for the step to show. */
  async refused(error: unknown): Promise<Problem> {
    const problem = problemOf(error);
    if (OUT_OF_STEP.has(problem.status)) await this.refresh();
    return problem;
  }
}
