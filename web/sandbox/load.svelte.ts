import { type Problem, problemOf } from '../shared/api/problem';

/** Something asked of the server: nothing yet, the answer, or why there is none. */
export class Load<T> {
  value = $state.raw<T | null>(null);
  problem = $state.raw<Problem | null>(null);
  busy = $state(false);

  async run(ask: () => Promise<T>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.problem = null;
    try {
      this.value = await ask();
      return true;
    } catch (error) {
      this.problem = problemOf(error);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
