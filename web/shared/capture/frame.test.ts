import { describe, expect, it } from 'vitest';
import { FrameChain, type FrameHead, HEADER_BYTES, MAX_JPEG_BYTES } from './frame';

const NONCE = Uint8Array.from({ length: 16 }, (_, n) => n);
const JPEG = Uint8Array.of(0xff, 0xd8, 0xff, 0xd9);
const head = (sequence: number, capturedAtMs = 0, index = 0): FrameHead => ({ sequence, capturedAtMs, index });

// Of two frames, made with another library: SHA-256 over nonce or link, header and JPEG.
const LINKS = ['7a5558eaebdeb6e4e59dfebd2dea16f3', '6065b21717d5c6840d750505a22d274f'];

const linkOf = (frame: Uint8Array): string => [...frame.subarray(15, 31)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

describe('a frame on the wire', () => {
  it('is version, sequence, time and index, all big endian, the link, then the JPEG untouched', async () => {
    const frame = await new FrameChain(NONCE).frame(head(0x01020304, 0x0102_0304_0506, 0x0708), JPEG);
    expect([...frame.subarray(0, 15)]).toEqual([2, 1, 2, 3, 4, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect([...frame.subarray(31)]).toEqual([...JPEG]);
    expect(HEADER_BYTES).toBe(31);
  });

  it('rounds the time to whole milliseconds', async () => {
    const frame = await new FrameChain(NONCE).frame(head(1, 1_700_000_000_000.6), JPEG);
    expect(new DataView(frame.buffer).getBigUint64(5)).toBe(1_700_000_000_001n);
  });

  it('carries the largest numbers and the largest JPEG allowed', async () => {
    const frame = await new FrameChain(NONCE).frame(head(0xffff_ffff, 0, 0xffff), new Uint8Array(MAX_JPEG_BYTES));
    expect(new DataView(frame.buffer).getUint32(1)).toBe(0xffff_ffff);
    expect(new DataView(frame.buffer).getUint16(13)).toBe(0xffff);
    expect(frame.byteLength).toBe(HEADER_BYTES + MAX_JPEG_BYTES);
  });

  it.each([
    [head(-1), JPEG],
    [head(2 ** 32), JPEG],
    [head(1.5), JPEG],
    [head(1, -1), JPEG],
    [head(1, Number.NaN), JPEG],
    [head(1, 0, -1), JPEG],
    [head(1, 0, 2 ** 16), JPEG],
    [head(1), new Uint8Array(0)],
    [head(1), new Uint8Array(MAX_JPEG_BYTES + 1)],
  ])('refuses what the server would refuse (%#)', async (wrong, jpeg) => {
    await expect(new FrameChain(NONCE).frame(wrong, jpeg)).rejects.toThrow(RangeError);
  });
});

describe('the link', () => {
  it('follows from the nonce or the link before, the header and the JPEG', async () => {
    const chain = new FrameChain(NONCE);
    const frames = [await chain.frame(head(1, 7, 2), JPEG), await chain.frame(head(2, 107, 3), JPEG)];
    expect(frames.map(linkOf)).toEqual(LINKS);
  });

  it('ties frames in the order in which they were asked for, also when none was waited for', async () => {
    const chain = new FrameChain(NONCE);
    const first = chain.frame(head(1, 7, 2), JPEG);
    const second = chain.frame(head(2, 107, 3), JPEG);
    expect([linkOf(await first), linkOf(await second)]).toEqual(LINKS);
  });

  it('lets a large frame out before the small one after it', async () => {
    const chain = new FrameChain(NONCE);
    const done: number[] = [];
    const sizes = [400_000, 10, 100_000];
    await Promise.all(sizes.map((size, n) => chain.frame(head(n + 1), new Uint8Array(size).fill(1)).then(() => done.push(n))));
    expect(done).toEqual([0, 1, 2]);
  });

  it('goes on where it was after a frame that could not be made', async () => {
    const chain = new FrameChain(NONCE);
    await expect(chain.frame(head(-1), JPEG)).rejects.toThrow(RangeError);
    expect(linkOf(await chain.frame(head(1, 7, 2), JPEG))).toBe(LINKS[0]);
  });

  it('needs a nonce of 16 bytes', () => {
    expect(() => new FrameChain(new Uint8Array(15))).toThrow(RangeError);
  });
});
