/** Colours of the four quarters of what is painted and read back. */
const QUARTERS = [
  [224, 32, 32],
  [32, 200, 64],
  [48, 64, 220],
  [232, 216, 40],
] as const;
const SIDE = 32;
/** How far a quarter's mean may be off: JPEG and browsers that add a little noise stay far below, noise instead of pixels far above. */
const MOST_OFF = 40;
const PATIENCE_MS = 3_000;

/**
 * Whether this browser gives a page back what it paints, which is how pictures of the camera are made. Some give nothing, never
 * answer, or give noise, against being told apart by it.
 */
export async function canvasIsReadable(): Promise<boolean> {
  try {
    return await Promise.race([readsBack(), later(PATIENCE_MS)]);
  } catch {
    return false;
  }
}

const later = (millis: number): Promise<false> => new Promise((resolve) => setTimeout(() => resolve(false), millis));

async function readsBack(): Promise<boolean> {
  const painted = canvasOf(SIDE);
  for (const [at, colour] of QUARTERS.entries()) {
    painted.context.fillStyle = `rgb(${colour.join(' ')})`;
    painted.context.fillRect(...corner(at), SIDE / 2, SIDE / 2);
  }
  const blob = await new Promise<Blob | null>((done) => painted.canvas.toBlob(done, 'image/jpeg', 0.9));
  if (blob?.type !== 'image/jpeg') return false;
  const read = canvasOf(SIDE);
  read.context.drawImage(await createImageBitmap(blob), 0, 0);
  return QUARTERS.every((colour, at) => isNear(mean(read.context.getImageData(...corner(at), SIDE / 2, SIDE / 2).data), colour));
}

function canvasOf(side: number): { canvas: HTMLCanvasElement; context: CanvasRenderingContext2D } {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [side, side];
  const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
  if (!context) throw new Error('no canvas');
  return { canvas, context };
}

const corner = (at: number): [number, number] => [(at % 2) * (SIDE / 2), Math.floor(at / 2) * (SIDE / 2)];

export function mean(pixels: Uint8ClampedArray): [number, number, number] {
  const sum: [number, number, number] = [0, 0, 0];
  pixels.forEach((value, at) => {
    if (at % 4 < 3) sum[at % 4] = (sum[at % 4] ?? 0) + value;
  });
  return sum.map((value) => value / (pixels.length / 4)) as [number, number, number];
}

export const isNear = (seen: readonly number[], painted: readonly number[]): boolean =>
  seen.every((value, at) => Math.abs(value - (painted[at] ?? 0)) <= MOST_OFF);
