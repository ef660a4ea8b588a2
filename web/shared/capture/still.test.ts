import { describe, expect, it } from 'vitest';
import { fitted } from './still';

describe('the size of a picture to send', () => {
  it('keeps what is small enough, upright or lying', () => {
    expect(fitted(640, 480, 480)).toEqual({ width: 640, height: 480 });
    expect(fitted(480, 640, 480)).toEqual({ width: 480, height: 640 });
    expect(fitted(320, 240, 480)).toEqual({ width: 320, height: 240 });
  });

  it('shrinks a larger one by its short side and keeps the shape', () => {
    expect(fitted(1920, 1080, 480)).toEqual({ width: 853, height: 480 });
    expect(fitted(1080, 1920, 480)).toEqual({ width: 480, height: 853 });
  });
});
