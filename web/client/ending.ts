import { VisitError, type VisitErrorCode } from './errors.js';

/** Ends a visit from outside: the caller, the clock, the player who closes the window. The first counts. */
export class Ending {
  readonly #controller = new AbortController();
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #abort = (): void => this.end('aborted');

  constructor(
    limitMs: number,
    private readonly caller?: AbortSignal,
  ) {
    this.#timer = setTimeout(() => this.end('timeout'), limitMs);
    caller?.addEventListener('abort', this.#abort);
    if (caller?.aborted) this.#abort();
  }

  /** Aborts with a `VisitError`. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  end(code: VisitErrorCode): void {
    this.#controller.abort(new VisitError(code));
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.caller?.removeEventListener('abort', this.#abort);
  }
}
