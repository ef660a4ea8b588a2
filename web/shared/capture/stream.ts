import { type Answer, parseAnswer } from './answers';
import { encodeFrame } from './frame';

export const SUBPROTOCOL = 'rastau.capture.v1';
export const MAX_UNANSWERED = 2;

/** The part of a WebSocket that the stream uses, so that a test can stand in for it. */
export interface Socket {
  binaryType: string;
  readyState: number;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(): void;
}

const OPEN = 1;

/** One capture stream: counts frames, keeps at most two unanswered, and says once how it ended. */
export class CaptureStream {
  #socket: Socket;
  #ready = false;
  #over = false;
  #sequence = 0;
  #unanswered: number[] = [];

  constructor(
    socket: Socket,
    private readonly heard: (answer: Answer) => void,
    private readonly lost: () => void,
  ) {
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onmessage = (event) => this.#take(parseAnswer(event.data));
    socket.onclose = () => this.#end(true);
  }

  /** Whether a frame may be sent now. */
  get free(): boolean {
    return this.#ready && !this.#over && this.#socket.readyState === OPEN && this.#unanswered.length < MAX_UNANSWERED;
  }

  send(capturedAtMs: number, jpeg: Uint8Array): boolean {
    if (!this.free) return false;
    this.#sequence += 1;
    this.#socket.send(encodeFrame(this.#sequence, capturedAtMs, jpeg));
    this.#unanswered.push(this.#sequence);
    return true;
  }

  close(): void {
    this.#end(false);
  }

  #take(answer: Answer | null): void {
    if (!answer || this.#over) return;
    if (answer.type === 'ready') this.#ready = true;
    if (answer.type === 'guidance') this.#unanswered = this.#unanswered.filter((sent) => sent > answer.sequence);
    // A result or a problem is the stream's last word: the close that follows is no lost connection.
    if (answer.type === 'result' || answer.type === 'problem') this.#end(false);
    this.heard(answer);
  }

  #end(unexpected: boolean): void {
    if (this.#over) return;
    this.#over = true;
    this.#socket.close();
    if (unexpected) this.lost();
  }
}

/** A WebSocket cannot carry Accept-Language, so the locale travels in the address. */
export function openSocket(locale: string): Socket {
  const address = new URL('/api/player/capture', location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  address.searchParams.set('ui_locales', locale);
  return new WebSocket(address, SUBPROTOCOL) as unknown as Socket;
}
