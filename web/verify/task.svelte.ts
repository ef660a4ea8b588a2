import type { Problem } from '../shared/api/problem';
import { locale } from '../shared/i18n/locale.svelte';
import type { Flow } from './flow.svelte';

/** One request of a step: busy while under way, then the problem if it was refused. */
export class Task {
  busy = $state(false);
  #problem = $state.raw<Problem | null>(null);
  #language = $state('');

  constructor(private readonly flow: Flow) {}

  /** A sentence of the server is in the language it was asked in; after a change of language it is not shown. */
  get problem(): Problem | null {
    return this.#language === locale.current ? this.#problem : null;
  }

  clear(): void {
    this.#problem = null;
  }

  /** True when the work went through; a second press while busy does nothing. */
  async run(work: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.clear();
    try {
      await work();
      return true;
    } catch (error) {
      this.#problem = await this.flow.refused(error);
      this.#language = locale.current;
      return false;
    } finally {
      this.busy = false;
    }
  }
}
