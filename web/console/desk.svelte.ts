import { type Act, console_, type Me, type QueueRow } from '../shared/api/console';
import { NETWORK, type Problem, ProblemError, problemOf } from '../shared/api/problem';
import { usePasskey } from '../shared/webauthn/passkey';
import { type Place, placeOf } from './place';

/** A list of cases that somebody goes through: where it stands, and its cases in their order. */
interface Listing {
  readonly address: string;
  readonly ids: readonly string[];
}

/** Who is signed in, where they are, and what went wrong last. */
export class Desk {
  /** Not known yet, nobody, or somebody. */
  me = $state.raw<Me | null | undefined>(undefined);
  place = $state.raw<Place>(placeOf(location.hash));
  problem = $state.raw<Problem | null>(null);
  busy = $state(false);
  /** When the service answered last, milliseconds, while it does not; 0 where it never did. */
  lost = $state<number | null>(null);
  /** The list that was looked at last, to go on through it from within a case. */
  listing = $state.raw<Listing>({ address: '#queue', ids: [] });
  /** The cases of a person who was looked for; an IIN stands in no address. */
  found = $state.raw<readonly QueueRow[] | null>(null);
  #answered = 0;

  constructor() {
    addEventListener('hashchange', () => {
      this.place = placeOf(location.hash);
      this.problem = null;
    });
  }

  async arrive(): Promise<void> {
    try {
      this.me = await console_.me();
      this.#heard();
    } catch (error) {
      this.me = null;
      const problem = problemOf(error);
      if (problem.status !== 401) this.problem = problem;
    }
  }

  may(act: Act): boolean {
    return this.me?.may.includes(act) ?? false;
  }

  /** Does something that the server may refuse. Where it asks for the passkey, that is shown and it is done once more. */
  async run<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.busy) return undefined;
    this.busy = true;
    this.problem = null;
    try {
      return await this.#steppingUp(work);
    } catch (error) {
      this.#failed(error);
      return undefined;
    } finally {
      this.busy = false;
    }
  }

  /** The same for what is asked again and again: that the service cannot be reached is told once, and what is not there by `missing`. */
  async watch<T>(work: () => Promise<T>, missing?: () => void): Promise<T | undefined> {
    try {
      const answer = await work();
      this.#heard();
      return answer;
    } catch (error) {
      const { status, code } = problemOf(error);
      if (status === 401) this.#failed(error);
      else if (code === NETWORK || status >= 500) this.lost ??= this.#answered;
      else if (status === 404 || status === 400) missing?.();
      return undefined;
    }
  }

  /** Nobody is here any more: what was looked up goes with them. */
  leave(): void {
    this.me = null;
    this.found = null;
    this.listing = { address: '#queue', ids: [] };
  }

  /** Moves the address without a step in the browser's history. */
  note(address: string): void {
    history.replaceState(null, '', address);
    this.listing = { ...this.listing, address };
  }

  #heard(): void {
    this.#answered = Date.now();
    this.lost = null;
  }

  async #steppingUp<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ProblemError) || error.problem.code !== 'step_up_needed') throw error;
      const { ceremony, options } = await console_.beginStepUp();
      this.me = await console_.finishStepUp(ceremony, await usePasskey(options.publicKey));
      return work();
    }
  }

  #failed(error: unknown): void {
    // Whoever closes the browser's own window has changed their mind.
    if (error instanceof DOMException) return;
    this.problem = problemOf(error);
    if (this.problem.status === 401) this.leave();
  }
}
