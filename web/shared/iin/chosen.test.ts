import { beforeEach, expect, it, vi } from 'vitest';
import { chooseIin, takeChosenIin } from './chosen';

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
});

it('a chosen IIN is taken once', () => {
  expect(takeChosenIin()).toBe('');
  chooseIin('900101100014');
  expect(takeChosenIin()).toBe('900101100014');
  expect(takeChosenIin()).toBe('');
});
