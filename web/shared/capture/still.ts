import { MAX_JPEG_BYTES } from './frame';

const QUALITIES = [0.88, 0.7, 0.5];

/** The size to send: the short side at most `shortSide`, never enlarged, the shape kept. */
export function fitted(width: number, height: number, shortSide: number): { width: number; height: number } {
  const scale = Math.min(1, shortSide / Math.min(width, height));
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

/** Draws what is shown and encodes it as JPEG; a busy picture that comes out too large is encoded again, coarser. */
export async function jpegOf(
  source: CanvasImageSource,
  size: { width: number; height: number },
  canvas: HTMLCanvasElement = document.createElement('canvas'),
): Promise<Uint8Array<ArrayBuffer> | null> {
  if (size.width === 0 || size.height === 0) return null;
  if (canvas.width !== size.width) canvas.width = size.width;
  if (canvas.height !== size.height) canvas.height = size.height;
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) return null;
  context.drawImage(source, 0, 0, size.width, size.height);
  for (const quality of QUALITIES) {
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', quality));
    if (!blob || blob.type !== 'image/jpeg') return null;
    if (blob.size <= MAX_JPEG_BYTES) return new Uint8Array(await blob.arrayBuffer());
  }
  return null;
}
