import type { Ears, Open, Transport, Way } from './transport';

/** So long a way has to say its first word. */
export const OPENS_WITHIN_MS = 4_000;

/**
 * Opens a capture over the first of these ways that says anything. One that closes before its first word leads to the next;
 * one that hangs leads to the next of another kind. `found` learns which it was.
 */
export function firstWay(ways: readonly Way[], found: (way: Way) => void = () => {}): Open {
  return (ears) => new FirstWay(ways, found, ears);
}

class FirstWay implements Transport {
  #left: Way[];
  #current: Transport | null = null;
  #turn = 0;
  #deadline: ReturnType<typeof setTimeout> | undefined;

  constructor(
    ways: readonly Way[],
    private readonly found: (way: Way) => void,
    private readonly ears: Ears,
  ) {
    this.#left = [...ways];
    this.#next();
  }

  send(frame: Uint8Array<ArrayBuffer>): void {
    this.#current?.send(frame);
  }

  giveUp(): void {
    this.#current?.giveUp();
    this.#leave();
  }

  close(): void {
    this.#leave();
  }

  #next(): void {
    this.#leave();
    const way = this.#left.shift();
    if (!way) return this.ears.gone();
    const turn = this.#turn;
    let opened = false;
    const ears: Ears = {
      heard: (answer) => {
        if (turn !== this.#turn) return;
        clearTimeout(this.#deadline);
        if (!opened) this.found(way);
        opened = true;
        this.ears.heard(answer);
      },
      gone: () => {
        if (turn !== this.#turn) return;
        if (opened) this.ears.gone();
        else this.#next();
      },
    };
    this.#deadline = setTimeout(() => {
      this.#left = this.#left.filter(({ kind }) => kind !== way.kind);
      this.#next();
    }, OPENS_WITHIN_MS);
    try {
      this.#current = way.open(ears);
    } catch {
      // A browser without this way at all; said later, as a closed connection is.
      queueMicrotask(() => ears.gone());
    }
  }

  /** From here on nothing of the current way is heard. */
  #leave(): void {
    this.#turn += 1;
    clearTimeout(this.#deadline);
    this.#current?.close();
    this.#current = null;
  }
}
