/** The binary frame of the capture stream (docs/API.md): version, sequence u32, capture time u64, then one JPEG. */
export const FRAME_VERSION = 1;
export const HEADER_BYTES = 13;
export const MAX_JPEG_BYTES = 512 * 1024;

export function encodeFrame(sequence: number, capturedAtMs: number, jpeg: Uint8Array): Uint8Array<ArrayBuffer> {
  if (!Number.isInteger(sequence) || sequence < 0 || sequence > 0xffff_ffff) throw new RangeError('sequence');
  if (!Number.isFinite(capturedAtMs) || capturedAtMs < 0) throw new RangeError('capture time');
  if (jpeg.byteLength === 0 || jpeg.byteLength > MAX_JPEG_BYTES) throw new RangeError('jpeg');
  const frame = new Uint8Array(HEADER_BYTES + jpeg.byteLength);
  const header = new DataView(frame.buffer);
  header.setUint8(0, FRAME_VERSION);
  header.setUint32(1, sequence, false);
  header.setBigUint64(5, BigInt(Math.round(capturedAtMs)), false);
  frame.set(jpeg, HEADER_BYTES);
  return frame;
}
