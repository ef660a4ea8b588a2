/** What is wrong with pictures that come on and on: black, or one and the same. */
export type Stuck = 'black' | 'frozen';

/** So long it may be: a shutter that closes and opens, a hiccup of the driver. */
export const STUCK_MS = 4_000;
/** No pixel of a sensor in the dark stays under this all the time: it has noise. Video black is 16 where the range is not stretched. */
const BLACK_BELOW = 17;

/**
 * Looks at small pictures of the camera, some two a second. A sensor gives no picture twice; what does is a camera that was taken
 * away by a call or another program, or a cover before it.
 */
export class PictureWatch {
  #last: Uint8ClampedArray | null = null;
  #blackSince: number | null = null;
  #sameSince: number | null = null;

  /** @param pixels RGBA of the whole picture, brought to a few pixels */
  take(pixels: Uint8ClampedArray, nowMs: number): Stuck | null {
    const same = this.#last !== null && pixels.every((value, at) => value === this.#last?.[at]);
    this.#last = pixels;
    this.#blackSince = isBlack(pixels) ? (this.#blackSince ?? nowMs) : null;
    this.#sameSince = same ? (this.#sameSince ?? nowMs) : null;
    if (hasLasted(this.#blackSince, nowMs)) return 'black';
    return hasLasted(this.#sameSince, nowMs) ? 'frozen' : null;
  }
}

const hasLasted = (since: number | null, nowMs: number): boolean => since !== null && nowMs - since >= STUCK_MS;

// Every fourth value is how opaque it is.
const isBlack = (pixels: Uint8ClampedArray): boolean => pixels.every((value, at) => at % 4 === 3 || value < BLACK_BELOW);
