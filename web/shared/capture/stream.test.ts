import { beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from './answers';
import { CaptureStream, type Socket } from './stream';

class FakeSocket implements Socket {
  binaryType = '';
  readyState = 1;
  onmessage: Socket['onmessage'] = null;
  onclose: Socket['onclose'] = null;
  sent: Uint8Array[] = [];
  closed = 0;

  send(data: Uint8Array): void {
    this.sent.push(data);
  }

  // As a browser does: the close event comes for our own close as well.
  close(): void {
    this.closed += 1;
    this.readyState = 3;
    this.onclose?.();
  }

  hears(answer: unknown): void {
    this.onmessage?.({ data: JSON.stringify(answer) });
  }
}

const JPEG = Uint8Array.of(0xff, 0xd8);
const READY = { type: 'ready', frames_needed: 6, seconds: 60 };
const guidance = (sequence: number) => ({ type: 'guidance', sequence, code: 'hold_still', collected: 1, needed: 6 });

let socket: FakeSocket;
let heard: Answer[];
let losses: number;
let stream: CaptureStream;

beforeEach(() => {
  socket = new FakeSocket();
  heard = [];
  losses = 0;
  stream = new CaptureStream(
    socket,
    (answer) => heard.push(answer),
    () => (losses += 1),
  );
});

describe('the capture stream', () => {
  it('sends nothing before the server is ready', () => {
    expect(stream.send(0, JPEG)).toBe(false);
    socket.hears(READY);
    expect(stream.send(0, JPEG)).toBe(true);
  });

  it('keeps at most two frames unanswered, and numbers them rising', () => {
    socket.hears(READY);
    expect([stream.send(0, JPEG), stream.send(1, JPEG), stream.send(2, JPEG)]).toEqual([true, true, false]);
    socket.hears(guidance(1));
    expect(stream.free).toBe(true);
    stream.send(3, JPEG);
    expect(socket.sent.map((frame) => new DataView(frame.buffer).getUint32(1))).toEqual([1, 2, 3]);
  });

  it('takes an answer as one for the frames before it as well', () => {
    socket.hears(READY);
    stream.send(0, JPEG);
    stream.send(1, JPEG);
    socket.hears(guidance(2));
    expect([stream.send(2, JPEG), stream.send(3, JPEG), stream.send(4, JPEG)]).toEqual([true, true, false]);
  });

  it('tells of a connection that goes away, once', () => {
    socket.hears(READY);
    socket.onclose?.();
    socket.onclose?.();
    expect(losses).toBe(1);
    expect(stream.free).toBe(false);
  });

  it.each([
    { type: 'result', result: 'passed', verification: {} },
    { type: 'problem', code: 'x', detail: 'y' },
  ])('takes $type as the last word and the close after it as no loss', (last) => {
    socket.hears(READY);
    socket.hears(last);
    socket.hears(guidance(1));
    expect(heard.map((answer) => answer.type)).toEqual(['ready', last.type]);
    expect([losses, socket.closed]).toEqual([0, 1]);
  });

  it('is silent after it was closed from here', () => {
    stream.close();
    socket.hears(READY);
    expect([heard, losses]).toEqual([[], 0]);
  });

  it('passes over what it does not understand', () => {
    socket.onmessage?.({ data: 'not json' });
    socket.onmessage?.({ data: new ArrayBuffer(1) });
    socket.hears({ type: 'news' });
    socket.hears(null);
    expect(heard).toEqual([]);
  });
});
