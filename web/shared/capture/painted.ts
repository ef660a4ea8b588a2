type NextFrame = (then: () => void) => void;

const animationFrame: NextFrame = (then) => void requestAnimationFrame(then);

/** The index of what is on the screen, as opposed to what the page was told to put there. */
export class Painted {
  #index = 0;

  constructor(private readonly nextFrame: NextFrame = animationFrame) {}

  get index(): number {
    return this.#index;
  }

  /** The page was changed to show this. The first animation frame comes before it is painted, the second one after. */
  told(index: number): void {
    this.nextFrame(() => this.nextFrame(() => (this.#index = Math.max(this.#index, index))));
  }
}
