/** Long enough to read that all is well; the button is there for who does not want to wait. */
export const PAUSE_MS = 4000;
/** After so long without an answer the button works again: what was asked for may be lost. */
export const PATIENCE_MS = 15_000;

/** The way back to the operator, taken once: by the button or by itself, whichever comes first. */
export class WayBack {
  /** The browser is on its way. */
  leaving = $state(false);
  /** It was taken from this page, which does not leave by itself a second time. */
  taken = $state(false);
  #pause: ReturnType<typeof setTimeout> | undefined;
  #patience: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly go: (address: string) => void = (address) => location.assign(address)) {}

  /** Leaves after a pause, unless somebody was quicker; gives back what calls it off. */
  byItself(address: string): () => void {
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.take(address), PAUSE_MS);
    return () => clearTimeout(this.#pause);
  }

  /** Leaves now; a second press while the first is under way would throw its answer away. */
  take(address: string): void {
    if (this.leaving) return;
    clearTimeout(this.#pause);
    this.leaving = this.taken = true;
    this.#patience = setTimeout(() => (this.leaving = false), PATIENCE_MS);
    this.go(address);
  }

  /** The page is seen again: by the back button, out of the browser's memory. */
  seenAgain(): void {
    clearTimeout(this.#pause);
    clearTimeout(this.#patience);
    this.taken = true;
    this.leaving = false;
  }
}
