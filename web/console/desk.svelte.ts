import { type Act, console_, type Me } from '../shared/api/console';
import { type Problem, ProblemError, problemOf } from '../shared/api/problem';
import { usePasskey } from '../shared/webauthn/passkey';

/** Where somebody is in the console, as its address says. */
export type Place =
  | { readonly page: 'queue'; readonly asked: Readonly<Record<string, string>> }
  | { readonly page: 'overview' | 'staff' | 'proposals' | 'settings' }
  | { readonly page: 'case'; readonly id: string };

/** Who is signed in, where they are, and what went wrong last. */
export class Desk {
  /** Not known yet, nobody, or somebody. */
  me = $state.raw<Me | null | undefined>(undefined);
  place = $state.raw<Place>(placeOf(location.hash));
  problem = $state.raw<Problem | null>(null);
  busy = $state(false);

  constructor() {
    addEventListener('hashchange', () => {
      this.place = placeOf(location.hash);
    });
  }

  async arrive(): Promise<void> {
    try {
      this.me = await console_.me();
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

  /** The same without a word, for what is asked again and again. */
  async watch<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (problemOf(error).status === 401) this.#failed(error);
      return undefined;
    }
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
    if (this.problem.status === 401) this.me = null;
  }
}

function placeOf(hash: string): Place {
  const id = /^#case=([0-9a-f-]{36})$/.exec(hash)?.[1];
  if (id) return { page: 'case', id };
  const page = (['overview', 'staff', 'proposals', 'settings'] as const).find((one) => hash === `#${one}`);
  if (page) return { page };
  return { page: 'queue', asked: Object.fromEntries(new URLSearchParams(hash.split('?')[1] ?? '')) };
}
