import { afterEach, describe, expect, it, vi } from 'vitest';
import { canvasIsReadable } from './canvas-check';

type Blobs = (done: (blob: Blob | null) => void) => void;

/** A browser whose canvas paints into a list of colours, and gives them back as `reads` makes of them. */
function browser(toBlob: Blobs, reads: (value: number, at: number) => number) {
  const colours: number[][] = [];
  const context = {
    set fillStyle(colour: string) {
      colours.push(colour.match(/\d+/g)?.map(Number) ?? []);
    },
    fillRect: () => {},
    drawImage: () => {},
    getImageData: (left: number, top: number) => {
      const colour = colours[(left ? 1 : 0) + (top ? 2 : 0)] ?? [];
      return { data: Uint8ClampedArray.from({ length: 1024 }, (_, at) => (at % 4 === 3 ? 255 : reads(colour[at % 4] ?? 0, at))) };
    },
  };
  vi.stubGlobal('document', { createElement: () => ({ getContext: () => context, toBlob }) });
  vi.stubGlobal('createImageBitmap', async () => ({}));
}

const jpeg: Blobs = (done) => done(new Blob(['x'], { type: 'image/jpeg' }));
const same = (value: number) => value;

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('a canvas', () => {
  it('that gives back what was painted can be read, with a little noise, too', async () => {
    browser(jpeg, same);
    expect(await canvasIsReadable()).toBe(true);
    browser(jpeg, (value, at) => value + ((at * 13) % 9) - 4);
    expect(await canvasIsReadable()).toBe(true);
  });

  it('that gives noise, one colour or nothing cannot', async () => {
    browser(jpeg, (_, at) => (at * 7919) % 256);
    expect(await canvasIsReadable()).toBe(false);
    browser(jpeg, () => 255);
    expect(await canvasIsReadable()).toBe(false);
    browser((done) => done(null), same);
    expect(await canvasIsReadable()).toBe(false);
    browser((done) => done(new Blob([], { type: 'image/png' })), same);
    expect(await canvasIsReadable()).toBe(false);
  });

  it('that never answers, or is none, cannot', async () => {
    vi.useFakeTimers();
    browser(() => {}, same);
    const readable = canvasIsReadable();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(await readable).toBe(false);
    vi.stubGlobal('document', { createElement: () => ({ getContext: () => null }) });
    expect(await canvasIsReadable()).toBe(false);
  });
});
