import { describe, expect, it } from 'vitest';
import { Obstacles, STAND_MS, SteadyHint } from './steady-hint';

describe('the hint on the screen', () => {
  it('shows the first at once', () => {
    expect(new SteadyHint().take('no_face', 0)).toBe('no_face');
  });

  it('does not flicker between two', () => {
    const hint = new SteadyHint();
    const shown = Array.from({ length: 40 }, (_, n) => hint.take(n % 2 ? 'blurred' : 'hold_still', n * 120));
    expect(new Set(shown)).toEqual(new Set(['hold_still']));
  });

  it('changes when another has come twice and the old one was there long enough to read', () => {
    const hint = new SteadyHint();
    hint.take('no_face', 0);
    expect(hint.take('too_dark', STAND_MS - 200)).toBe('no_face');
    expect(hint.take('too_dark', STAND_MS - 100)).toBe('no_face');
    expect(hint.take('too_dark', STAND_MS)).toBe('too_dark');
  });

  it('makes room at once for what is newly asked, which then stands for its time', () => {
    const hint = new SteadyHint();
    hint.take('hold_still', 0);
    expect(hint.put('follow', 100)).toBe('follow');
    expect(hint.take('face_turned', 200)).toBe('follow');
    expect(hint.take('face_turned', 300)).toBe('follow');
    expect(hint.take('face_turned', 100 + STAND_MS)).toBe('face_turned');
  });
});

describe('what stood in the way most', () => {
  it('is the most frequent hint, never one that says all is well', () => {
    const obstacles = new Obstacles();
    expect(obstacles.worst).toBeNull();
    for (const code of ['hold_still', 'follow', 'hold_still', 'follow', 'hold_still', 'follow', 'too_dark', 'blurred', 'too_dark']) obstacles.take(code);
    expect(obstacles.worst).toBe('too_dark');
  });
});
