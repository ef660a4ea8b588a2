import { type Answer, nonceOf } from './answers';
import { FrameChain } from './frame';
import type { Open, Transport } from './transport';

export const MAX_UNANSWERED = 2;

/** One capture: numbers and links frames, keeps at most two unanswered, and says once how it ended. */
export class CaptureStream {
  #transport: Transport;
  #chain: FrameChain | null = null;
  #over = false;
  #sequence = 0;
  #unanswered: number[] = [];

  constructor(
    open: Open,
    private readonly heard: (answer: Answer) => void,
    private readonly lost: () => void,
  ) {
    this.#transport = open({ heard: (answer) => this.#take(answer), gone: () => this.#end(true) });
  }

  /** Whether a frame may be sent now. */
  get free(): boolean {
    return this.#chain !== null && !this.#over && this.#unanswered.length < MAX_UNANSWERED;
  }

  /** Whether it went out. `index` is that of what was painted when the picture was taken. */
  async send(capturedAtMs: number, index: number, jpeg: Uint8Array<ArrayBuffer>): Promise<boolean> {
    const chain = this.#chain;
    if (!chain || !this.free) return false;
    this.#sequence += 1;
    this.#unanswered.push(this.#sequence);
    const frame = await chain.frame({ sequence: this.#sequence, capturedAtMs, index }, jpeg);
    if (this.#over) return false;
    this.#transport.send(frame);
    return true;
  }

  /** The camera was taken away: said to the server, then closed. */
  giveUp(): void {
    if (this.#over) return;
    this.#over = true;
    this.#transport.giveUp();
  }

  close(): void {
    this.#end(false);
  }

  #take(answer: Answer): void {
    if (this.#over) return;
    if (answer.type === 'ready') this.#begin(nonceOf(answer));
    if (answer.type === 'guidance') this.#unanswered = this.#unanswered.filter((sent) => sent > answer.sequence);
    // A result or a problem is the capture's last word: the close that follows is no lost connection.
    if (answer.type === 'result' || answer.type === 'problem') this.#end(false);
    this.heard(answer);
  }

  #begin(nonce: Uint8Array<ArrayBuffer> | null): void {
    // One nonce a capture: a second one would break the chain.
    if (nonce && !this.#chain) this.#chain = new FrameChain(nonce);
  }

  #end(unexpected: boolean): void {
    if (this.#over) return;
    this.#over = true;
    this.#transport.close();
    if (unexpected) this.lost();
  }
}
