import { describe, expect, it } from 'vitest';
import { PictureWatch, STUCK_MS } from './picture-watch';

const picture = (value: number, noise = 0): Uint8ClampedArray =>
  Uint8ClampedArray.from({ length: 64 }, (_, at) => (at % 4 === 3 ? 255 : value + ((at * 7 + noise) % 3)));

/** What is said of pictures that come twice a second, and after how long. */
function watched(of: (step: number) => Uint8ClampedArray): [string | null, number] {
  const watch = new PictureWatch();
  for (let step = 0; step * 500 <= 3 * STUCK_MS; step += 1) {
    const stuck = watch.take(of(step), step * 500);
    if (stuck) return [stuck, step * 500];
  }
  return [null, 0];
}

describe('pictures of a camera', () => {
  it('that stay black are those of a camera that was taken away, with noise or without', () => {
    expect(watched(() => picture(0))).toEqual(['black', STUCK_MS]);
    expect(watched((step) => picture(12, step))).toEqual(['black', STUCK_MS]);
  });

  it('that stay the same are, too', () => {
    expect(watched(() => picture(120))).toEqual(['frozen', STUCK_MS + 500]);
  });

  it('of a living sensor are not, in the dark either', () => {
    expect(watched((step) => picture(120, step))[0]).toBeNull();
    expect(watched((step) => picture(18, step))[0]).toBeNull();
  });

  it('that are black or the same for a moment are no matter', () => {
    expect(watched((step) => (step % 8 === 0 ? picture(120, step) : picture(0)))[0]).toBeNull();
    expect(watched((step) => picture(120, Math.floor(step / 7)))[0]).toBeNull();
  });
});
