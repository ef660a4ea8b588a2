import { describe, expect, it } from 'vitest';
import { Painted } from './painted';

/** A screen whose frames come when the test says. */
function screen() {
  let waiting: (() => void)[] = [];
  return {
    next: (then: () => void) => void waiting.push(then),
    paint: () => {
      const now = waiting;
      waiting = [];
      for (const then of now) then();
    },
  };
}

describe('the index that frames carry', () => {
  it('is 0 before anything was painted, and changes only once the new one is on the screen', () => {
    const { next, paint } = screen();
    const painted = new Painted(next);
    painted.told(3);
    expect(painted.index).toBe(0);
    paint();
    expect(painted.index).toBe(0);
    paint();
    expect(painted.index).toBe(3);
  });

  it('never goes back', () => {
    const { next, paint } = screen();
    const painted = new Painted(next);
    painted.told(4);
    paint();
    painted.told(5);
    paint();
    expect(painted.index).toBe(4);
    paint();
    expect(painted.index).toBe(5);
    painted.told(2);
    paint();
    paint();
    expect(painted.index).toBe(5);
  });
});
