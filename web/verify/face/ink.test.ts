import { describe, expect, it } from 'vitest';
import { inkOn, relativeLuminance } from './ink';

const LIGHTS = ['#ff3030', '#30ff30', '#3030ff', '#30ffff', '#ff30ff', '#ffff30'];

function contrast(one: string, other: string): number {
  const [dark, light] = [relativeLuminance(one), relativeLuminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

describe('the ink on a light', () => {
  it.each([...LIGHTS, '#000000', '#ffffff', '#777777'])('is readable on %s', (colour) => {
    expect(contrast(colour, inkOn(colour))).toBeGreaterThanOrEqual(4.5);
  });

  it('is white on dark blue and black on yellow', () => {
    expect([inkOn('#3030ff'), inkOn('#ffff30')]).toEqual(['#ffffff', '#000000']);
  });
});

it('contrast is 21 between black and white', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
});
