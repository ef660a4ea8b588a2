import { describe, expect, it } from 'vitest';
import { chroma } from './light';

describe('chroma', () => {
  it('is nothing for grey, however bright', () => {
    expect(chroma([20, 20, 20])).toEqual([0, 0]);
    expect(chroma([200, 200, 200])).toEqual([0, 0]);
  });

  it('moves with the colour of the light', () => {
    const [red, blue] = chroma([200, 100, 50]);
    expect(red).toBeCloseTo(Math.log(2));
    expect(blue).toBeCloseTo(-Math.log(2));
  });

  it('is a number in the dark', () => {
    expect(chroma([0, 0, 0])).toEqual([0, 0]);
  });
});
