import { visit } from '../api/visit';
import { parseAnswer } from './answers';
import type { CaptureRequest, Ears, Transport } from './transport';

export const SUBPROTOCOL = 'rastau.capture.v2';

/** The part of a WebSocket that a capture uses, so that a test can stand in for it. */
export interface Socket {
  binaryType: string;
  readyState: number;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(): void;
}

const OPEN = 1;

/** A capture over a WebSocket. */
export function overSocket(socket: Socket, { camera }: Pick<CaptureRequest, 'camera'>, ears: Ears): Transport {
  socket.binaryType = 'arraybuffer';
  socket.onclose = () => ears.gone();
  socket.onmessage = ({ data }) => {
    const answer = parseAnswer(data);
    if (!answer) return;
    // Before the frames, for which the others wait until they have heard that it is ready.
    if (answer.type === 'ready' && camera) socket.send(JSON.stringify({ type: 'camera', ...camera }));
    ears.heard(answer);
  };
  return {
    send: (frame) => {
      if (socket.readyState === OPEN) socket.send(frame);
    },
    giveUp: () => {
      if (socket.readyState === OPEN) socket.send(JSON.stringify({ type: 'give_up' }));
      socket.close();
    },
    close: () => socket.close(),
  };
}

/** Where the stream opens. A WebSocket carries no headers of ours, so the language and whose visit this is travel in the address. */
export function socketAddress({ locale, lights }: Pick<CaptureRequest, 'locale' | 'lights'>, page: string): URL {
  const address = new URL('/api/player/capture', page);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  address.searchParams.set('ui_locales', locale);
  if (visit.name !== null) address.searchParams.set('visit', visit.name);
  if (!lights) address.searchParams.set('lights', 'off');
  return address;
}

export const openSocket = (request: CaptureRequest, ears: Ears): Transport =>
  overSocket(new WebSocket(socketAddress(request, location.href), SUBPROTOCOL) as unknown as Socket, request, ears);
