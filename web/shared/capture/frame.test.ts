import { describe, expect, it } from 'vitest';
import { encodeFrame, HEADER_BYTES, MAX_JPEG_BYTES } from './frame';

const JPEG = Uint8Array.of(0xff, 0xd8, 0xff, 0xd9);

describe('a frame on the wire', () => {
  it('is version, sequence, time, all big endian, then the JPEG untouched', () => {
    const frame = encodeFrame(0x01020304, 0x0102_0304_0506, JPEG);
    expect([...frame]).toEqual([1, 1, 2, 3, 4, 0, 0, 1, 2, 3, 4, 5, 6, 0xff, 0xd8, 0xff, 0xd9]);
    expect(HEADER_BYTES).toBe(13);
  });

  it('rounds the time to whole milliseconds', () => {
    const frame = encodeFrame(1, 1_700_000_000_000.6, JPEG);
    expect(new DataView(frame.buffer).getBigUint64(5)).toBe(1_700_000_000_001n);
  });

  it('carries the largest sequence and the largest JPEG allowed', () => {
    const frame = encodeFrame(0xffff_ffff, 0, new Uint8Array(MAX_JPEG_BYTES));
    expect(new DataView(frame.buffer).getUint32(1)).toBe(0xffff_ffff);
    expect(frame.byteLength).toBe(HEADER_BYTES + MAX_JPEG_BYTES);
  });

  it.each([
    [-1, 0, JPEG],
    [2 ** 32, 0, JPEG],
    [1.5, 0, JPEG],
    [1, -1, JPEG],
    [1, Number.NaN, JPEG],
    [1, 0, new Uint8Array(0)],
    [1, 0, new Uint8Array(MAX_JPEG_BYTES + 1)],
  ])('refuses what the server would refuse (%#)', (sequence, time, jpeg) => {
    expect(() => encodeFrame(sequence, time, jpeg)).toThrow(RangeError);
  });
});
