import { expect, it } from 'vitest';
import { secondsUntil } from './countdown.svelte';

it('counts whole seconds down to none', () => {
  const now = Date.parse('2026-11-30T10:00:00Z');
  expect(secondsUntil('2026-11-30T10:01:00Z', now)).toBe(60);
  expect(secondsUntil('2026-11-30T10:00:00.200Z', now)).toBe(1);
  expect(secondsUntil('2026-11-30T09:00:00Z', now)).toBe(0);
});
