import { describe, expect, it } from 'vitest';
import { fromBase64url, toBase64, toBase64url } from './base64url';

describe('base64url', () => {
  it.each([
    ['', []],
    ['_-8', [0xff, 0xef]],
    ['AA', [0]],
    ['-_--', [0xfb, 0xff, 0xbe]],
  ])('writes %j without padding and reads it back', (text, bytes) => {
    expect(toBase64url(Uint8Array.from(bytes))).toBe(text);
    expect([...fromBase64url(text)]).toEqual(bytes);
  });

  it('reads padded text too, as some servers write it', () => {
    expect([...fromBase64url('AA==')]).toEqual([0]);
  });

  it('takes an ArrayBuffer, and more bytes than one call has arguments', () => {
    const many = Uint8Array.from({ length: 300_000 }, (_, place) => place % 256);
    expect(fromBase64url(toBase64url(many.buffer))).toEqual(many);
  });

  it('has an ordinary sister for uploads', () => {
    expect(toBase64(Uint8Array.of(0xff, 0xef))).toBe('/+8=');
  });
});
