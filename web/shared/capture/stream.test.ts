import { beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from './answers';
import { HEADER_BYTES } from './frame';
import { CaptureStream } from './stream';
import type { Ears, Transport } from './transport';

class FakeTransport implements Transport {
  sent: Uint8Array<ArrayBuffer>[] = [];
  closed = 0;
  givenUp = 0;

  constructor(private readonly ears: Ears) {}

  send(frame: Uint8Array<ArrayBuffer>): void {
    this.sent.push(frame);
  }

  // As a browser does: the close event comes for our own close as well.
  close(): void {
    this.closed += 1;
    this.ears.gone();
  }

  giveUp(): void {
    this.givenUp += 1;
    this.ears.gone();
  }

  hears(answer: object): void {
    this.ears.heard(answer as Answer);
  }

  breaks(): void {
    this.ears.gone();
  }

  get sequences(): number[] {
    return this.sent.map((frame) => new DataView(frame.buffer).getUint32(1));
  }
}

const JPEG = Uint8Array.of(0xff, 0xd8);
const READY = { type: 'ready', nonce: 'AAECAwQFBgcICQoLDA0ODw', seconds: 90 };
const guidance = (sequence: number) => ({ type: 'guidance', sequence, code: 'hold_still', progress: 0.1 });

let transport: FakeTransport;
let heard: Answer[];
let losses: number;
let stream: CaptureStream;

beforeEach(() => {
  heard = [];
  losses = 0;
  stream = new CaptureStream(
    (ears) => (transport = new FakeTransport(ears)),
    (answer) => heard.push(answer),
    () => (losses += 1),
  );
});

describe('the capture stream', () => {
  it('gives up once, is no loss, and says nothing after', async () => {
    transport.hears(READY);
    stream.giveUp();
    stream.giveUp();
    stream.close();
    expect(await stream.send(0, 0, JPEG)).toBe(false);
    expect([transport.givenUp, transport.closed, losses]).toEqual([1, 0, 0]);
  });

  it('sends nothing before the server is ready', async () => {
    expect(await stream.send(0, 0, JPEG)).toBe(false);
    transport.hears(READY);
    expect(await stream.send(0, 0, JPEG)).toBe(true);
  });

  it('keeps at most two frames unanswered, and numbers them rising', async () => {
    transport.hears(READY);
    expect(await Promise.all([stream.send(0, 0, JPEG), stream.send(1, 0, JPEG), stream.send(2, 0, JPEG)])).toEqual([true, true, false]);
    transport.hears(guidance(1));
    expect(stream.free).toBe(true);
    await stream.send(3, 0, JPEG);
    expect(transport.sequences).toEqual([1, 2, 3]);
  });

  it('takes an answer as one for the frames before it as well', async () => {
    transport.hears(READY);
    await Promise.all([stream.send(0, 0, JPEG), stream.send(1, 0, JPEG)]);
    transport.hears(guidance(2));
    expect(await Promise.all([stream.send(2, 0, JPEG), stream.send(3, 0, JPEG), stream.send(4, 0, JPEG)])).toEqual([true, true, false]);
  });

  it('sends frames in the order in which they were taken, a large one before a small one', async () => {
    transport.hears(READY);
    await Promise.all([stream.send(0, 0, new Uint8Array(500_000).fill(1)), stream.send(1, 0, JPEG)]);
    expect(transport.sequences).toEqual([1, 2]);
  });

  it('writes into each frame what was on the screen', async () => {
    transport.hears(READY);
    await Promise.all([stream.send(0, 3, JPEG), stream.send(1, 4, JPEG)]);
    expect(transport.sent.map((frame) => new DataView(frame.buffer).getUint16(13))).toEqual([3, 4]);
    expect(transport.sent[0]?.byteLength).toBe(HEADER_BYTES + JPEG.byteLength);
  });

  it('sends nothing more of a frame that was being linked when the capture ended', async () => {
    transport.hears(READY);
    const under_way = stream.send(0, 0, JPEG);
    stream.close();
    expect(await under_way).toBe(false);
    expect(transport.sent).toEqual([]);
  });

  it('tells of a connection that goes away, once', () => {
    transport.hears(READY);
    transport.breaks();
    transport.breaks();
    expect(losses).toBe(1);
    expect(stream.free).toBe(false);
  });

  it.each([
    { type: 'result', result: 'passed', verification: {} },
    { type: 'problem', code: 'x', detail: 'y' },
  ])('takes $type as the last word and the close after it as no loss', (last) => {
    transport.hears(READY);
    transport.hears(last);
    transport.hears(guidance(1));
    expect(heard.map((answer) => answer.type)).toEqual(['ready', last.type]);
    expect([losses, transport.closed]).toEqual([0, 1]);
  });

  it('is silent after it was closed from here', () => {
    stream.close();
    transport.hears(READY);
    expect([heard, losses]).toEqual([[], 0]);
  });
});
