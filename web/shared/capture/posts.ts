import { post, postBytes, send } from '../api/http';
import { NETWORK, type Problem, problemOf, UNEXPECTED } from '../api/problem';
import { type Answer, readAnswer } from './answers';
import type { CaptureRequest, Ears, Transport } from './transport';

const CAPTURES = '/api/player/captures';
/** The server does not know the capture (any more): as good as a connection that was cut. */
const UNKNOWN = 'capture_unknown';
/** As long as a page may still be told that its capture goes on. */
const FRAME_PATIENCE_MS = 10_000;

interface Said {
  readonly messages: readonly unknown[];
}

/** How a capture asks over HTTPS, so that a test can stand in for it. */
export interface Asking {
  open(path: string, body: unknown): Promise<Said & { readonly capture: string }>;
  frame(path: string, frame: Uint8Array<ArrayBuffer>): Promise<Said>;
  giveUp(path: string): Promise<void>;
}

/** A capture over HTTPS, for where a WebSocket does not get through: one request for each frame, one at a time. */
export class Posts implements Transport {
  #closed = false;
  #capture = '';
  #last: Promise<void>;

  constructor(
    request: Pick<CaptureRequest, 'lights' | 'camera'>,
    private readonly ears: Ears,
    private readonly asking: Asking,
  ) {
    this.#last = this.#step(async () => {
      const path = request.lights ? CAPTURES : `${CAPTURES}?lights=off`;
      const opened = await asking.open(path, request.camera ? { camera: request.camera } : {});
      this.#capture = `${CAPTURES}/${encodeURIComponent(opened.capture)}`;
      return opened;
    });
  }

  send(frame: Uint8Array<ArrayBuffer>): void {
    this.#last = this.#last.then(() => this.#step(() => this.asking.frame(`${this.#capture}/frames`, frame)));
  }

  giveUp(): void {
    // After the frame that is under way; nobody waits for the answer.
    this.#closed = true;
    this.#last = this.#last.then(() => (this.#capture ? this.asking.giveUp(`${this.#capture}/give-up`) : undefined)).catch(() => {});
  }

  close(): void {
    this.#closed = true;
  }

  async #step(ask: () => Promise<Said>): Promise<void> {
    if (this.#closed) return;
    try {
      const { messages } = await ask();
      for (const message of messages) this.#hear(readAnswer(message));
    } catch (error) {
      this.#refused(problemOf(error));
    }
  }

  #hear(answer: Answer | null): void {
    if (answer && !this.#closed) this.ears.heard(answer);
  }

  #refused({ code, detail, retryAfter }: Problem): void {
    if (this.#closed) return;
    this.#closed = true;
    // A proxy's error page and a broken line say nothing about the capture.
    if ([NETWORK, UNEXPECTED, UNKNOWN].includes(code)) return this.ears.gone();
    this.ears.heard({ type: 'problem', code, detail, retry_after: retryAfter });
  }
}

const ASKING: Asking = {
  open: (path, body) => post(path, body),
  frame: (path, frame) => postBytes(path, frame, FRAME_PATIENCE_MS),
  giveUp: (path) => send(path, {}),
};

export const openPosts = (request: CaptureRequest, ears: Ears): Transport => new Posts(request, ears, ASKING);
