import { expect, test } from 'vitest';
import { spoken } from './spoken';

test('a code is read out in halves', () => {
  expect(spoken('12345678')).toBe('1234\u00a05678');
  expect(spoken('123')).toBe('12\u00a03');
});
