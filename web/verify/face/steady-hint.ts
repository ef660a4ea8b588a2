/**
 * One hint at a time, long enough to be read: guidance comes some ten times a second and flickers at a border case.
 * A hint takes over when it has come twice in a row and the one shown has stood for its time.
 */
export const STAND_MS = 900;

export class SteadyHint {
  shown: string | null = null;
  #since = Number.NEGATIVE_INFINITY;
  #last: string | null = null;

  /** Shows this from now on, whatever was shown; it stands for its time as any other. */
  put(code: string, nowMs: number): string {
    this.shown = code;
    this.#since = nowMs;
    this.#last = code;
    return code;
  }

  take(code: string, nowMs: number): string {
    const again = this.#last === code;
    this.#last = code;
    if (this.shown === null || (code !== this.shown && again && nowMs - this.#since >= STAND_MS)) {
      this.shown = code;
      this.#since = nowMs;
    }
    return this.shown;
  }
}

/** Codes that say that all is well. */
const WELL = new Set(['hold_still', 'follow']);

/** The hint that stood in the way most often, to say why an attempt came to nothing. */
export class Obstacles {
  #counts = new Map<string, number>();

  take(code: string): void {
    if (!WELL.has(code)) this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1);
  }

  get worst(): string | null {
    return [...this.#counts].sort((one, other) => other[1] - one[1])[0]?.[0] ?? null;
  }
}
