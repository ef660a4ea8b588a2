import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PATIENCE_MS, PAUSE_MS, WayBack } from './way-back.svelte';

const ADDRESS = 'https://rastau.example/api/player/return?visit=x';

describe('the way back', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const followed = () => {
    const left: string[] = [];
    return { left, way: new WayBack((address) => left.push(address)) };
  };

  it('is taken by itself after the pause, and once', () => {
    const { left, way } = followed();
    way.byItself(ADDRESS);
    vi.advanceTimersByTime(PAUSE_MS - 1);
    expect(left).toEqual([]);
    vi.advanceTimersByTime(PATIENCE_MS * 2);
    expect(left).toEqual([ADDRESS]);
  });

  it('is taken by the button alone when that comes first, however often it is pressed', () => {
    const { left, way } = followed();
    way.byItself(ADDRESS);
    vi.advanceTimersByTime(1800);
    way.take(ADDRESS);
    way.take(ADDRESS);
    vi.advanceTimersByTime(PATIENCE_MS - 1);
    way.take(ADDRESS);
    expect(left).toEqual([ADDRESS]);
  });

  it('may be pressed again when nothing came of it for long', () => {
    const { left, way } = followed();
    way.take(ADDRESS);
    vi.advanceTimersByTime(PATIENCE_MS);
    expect(way.leaving).toBe(false);
    way.take(ADDRESS);
    expect(left).toEqual([ADDRESS, ADDRESS]);
  });

  it('does not leave by itself when the page is seen again, and may be pressed at once', () => {
    const { left, way } = followed();
    way.byItself(ADDRESS);
    way.seenAgain();
    vi.advanceTimersByTime(PAUSE_MS * 2);
    expect([left, way.taken]).toEqual([[], true]);
    way.take(ADDRESS);
    expect(left).toEqual([ADDRESS]);
  });

  it('is called off by whoever turns to something else', () => {
    const { left, way } = followed();
    way.byItself(ADDRESS)();
    vi.advanceTimersByTime(PAUSE_MS * 2);
    expect(left).toEqual([]);
  });
});
