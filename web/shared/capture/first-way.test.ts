import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Answer } from './answers';
import { firstWay, OPENS_WITHIN_MS } from './first-way';
import type { Ears, Transport, Way } from './transport';

const READY = { type: 'ready', nonce: '', seconds: 90 } as const;

class Opened implements Transport {
  sent = 0;
  closed = false;
  givenUp = false;

  constructor(
    readonly kind: Way['kind'],
    readonly ears: Ears,
  ) {}

  send(): void {
    this.sent += 1;
  }

  giveUp(): void {
    this.givenUp = true;
  }

  close(): void {
    this.closed = true;
    this.ears.gone();
  }
}

let opened: Opened[];
let heard: Answer[];
let gone: number;
let found: string[];

function start(kinds: readonly Way['kind'][]): Transport {
  const ways = kinds.map((kind): Way => ({
    kind,
    open: (ears) => {
      const transport = new Opened(kind, ears);
      opened.push(transport);
      return transport;
    },
  }));
  return firstWay(ways, ({ kind }) => found.push(kind))({ heard: (answer) => void heard.push(answer), gone: () => void (gone += 1) });
}

const kinds = () => opened.map(({ kind }) => kind);

beforeEach(() => {
  vi.useFakeTimers();
  [opened, heard, found, gone] = [[], [], [], 0];
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the first way that opens', () => {
  it('is the one that is told of giving up', () => {
    const transport = start(['socket', 'socket', 'posts']);
    opened[0]?.ears.gone();
    opened[1]?.ears.heard(READY);
    transport.giveUp();
    expect(opened.map(({ givenUp, closed }) => [givenUp, closed])).toEqual([
      [false, true],
      [true, true],
    ]);
    expect(gone).toBe(0);
  });

  it('is the first one, where it says anything', () => {
    const transport = start(['socket', 'socket', 'posts']);
    opened[0]?.ears.heard(READY);
    transport.send(new Uint8Array(1));
    vi.advanceTimersByTime(OPENS_WITHIN_MS * 3);
    expect([kinds(), found, heard, opened[0]?.sent]).toEqual([['socket'], ['socket'], [READY], 1]);
  });

  it('is another one after two that closed before their first word', () => {
    start(['socket', 'socket', 'posts']);
    opened[0]?.ears.gone();
    expect(kinds()).toEqual(['socket', 'socket']);
    opened[1]?.ears.gone();
    opened[2]?.ears.heard(READY);
    expect([kinds(), found, gone]).toEqual([['socket', 'socket', 'posts'], ['posts'], 0]);
  });

  it('is one of another kind after one that hung', () => {
    start(['socket', 'socket', 'posts']);
    vi.advanceTimersByTime(OPENS_WITHIN_MS);
    expect(kinds()).toEqual(['socket', 'posts']);
    expect(opened[0]?.closed).toBe(true);
    opened[0]?.ears.heard(READY);
    expect([heard, found]).toEqual([[], []]);
  });

  it('is not looked for any more once one has opened: a later loss is a loss', () => {
    start(['socket', 'posts']);
    opened[0]?.ears.heard(READY);
    opened[0]?.ears.gone();
    expect([kinds(), gone]).toEqual([['socket'], 1]);
  });

  it('is none when all have failed, told once', () => {
    start(['socket', 'posts']);
    opened[0]?.ears.gone();
    opened[1]?.ears.gone();
    expect([gone, found]).toEqual([1, []]);
  });

  it('is the next one where a browser does not even know the first', async () => {
    const ears = { heard: (answer: Answer) => void heard.push(answer), gone: () => void (gone += 1) };
    const broken: Way = {
      kind: 'socket',
      open: () => {
        throw new ReferenceError('WebSocket');
      },
    };
    const posts: Way = {
      kind: 'posts',
      open: (inner) => {
        inner.heard(READY);
        return new Opened('posts', inner);
      },
    };
    firstWay([broken, posts])(ears);
    await Promise.resolve();
    expect([heard, gone]).toEqual([[READY], 0]);
  });

  it('is not looked for after it was closed from here', () => {
    start(['socket', 'posts']).close();
    vi.advanceTimersByTime(OPENS_WITHIN_MS * 2);
    expect([kinds(), gone]).toEqual([['socket'], 0]);
  });
});
