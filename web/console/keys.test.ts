import { expect, test } from 'vitest';
import { commandOf } from './keys';

const press = (code: string, key: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {}) =>
  commandOf({ code, key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held });

test('keys count by their place, on an English, a Russian and a Kazakh layout', () => {
  for (const key of ['j', 'о']) expect(press('KeyJ', key)).toBe('down');
  for (const key of ['k', 'л']) expect(press('KeyK', key)).toBe('up');
  for (const key of ['t', 'е']) expect(press('KeyT', key)).toBe('take');
  for (const key of ['n', 'т']) expect(press('KeyN', key)).toBe('next');
  // The upper row of a Kazakh layout writes letters without Shift.
  for (const key of ['2', 'ә']) expect(press('Digit2', key)).toBe('choose-2');
  expect(press('Numpad3', '3')).toBe('choose-3');
});

test('the list of keys opens wherever the question mark is', () => {
  expect(press('Slash', '?', { shiftKey: true })).toBe('help');
  expect(press('Digit7', '?', { shiftKey: true })).toBe('help');
  expect(press('Slash', ',', { shiftKey: true })).toBe('help');
  expect(press('Slash', '.')).toBeNull();
});

test('what the browser and the system do with other keys stays theirs', () => {
  expect(press('Enter', 'Enter', { ctrlKey: true })).toBe('save');
  expect(press('Enter', 'Enter', { metaKey: true })).toBe('save');
  expect(press('Enter', 'Enter')).toBe('open');
  expect(press('KeyT', 't', { ctrlKey: true })).toBeNull();
  expect(press('KeyJ', 'J', { shiftKey: true })).toBeNull();
  expect(press('ArrowDown', 'ArrowDown', { altKey: true })).toBeNull();
  expect(press('KeyQ', 'q')).toBeNull();
});
