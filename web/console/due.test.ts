import { beforeEach, expect, test } from 'vitest';
import { locale } from '../shared/i18n/locale.svelte';
import { dueIn, isLate, shortNumber } from './due';

const NOW = Date.parse('2026-11-30T12:00:00Z');
const due = (status: 'open' | 'proposed' | 'recorded' | 'decided', due_at: string) => ({ status, due_at });

beforeEach(() => {
  locale.current = 'ru';
});

test('what waits says when somebody should look, and by how much it is late', () => {
  expect(dueIn(due('open', '2026-11-30T12:12:30Z'), NOW)).toBe('через 12 мин');
  expect(dueIn(due('proposed', '2026-11-30T08:59:00Z'), NOW)).toBe('просрочено на 3 ч');
  expect([isLate(due('open', '2026-11-30T11:59:59Z'), NOW), isLate(due('open', '2026-11-30T12:00:01Z'), NOW)]).toEqual([true, false]);
});

test('what is over is never late', () => {
  for (const status of ['recorded', 'decided'] as const) {
    const old = due(status, '2026-11-01T00:00:00Z');
    expect([dueIn(old, NOW), isLate(old, NOW)]).toEqual(['', false]);
  }
});

test('a case has a short number', () => {
  expect(shortNumber('0199d6a0-7c1e-7000-8000-0000004f2a9c')).toBe('4F2A9C');
});
