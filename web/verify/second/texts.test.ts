import { describe, expect, it } from 'vitest';
import { clockText } from '../ui/clock-text';
import { lockedFor } from './lockout';
import { recoveryText } from './recovery-file';

it('a lock-out counts down like a clock', () => {
  expect([5, 60, 899, 3600, 0].map(clockText)).toEqual(['0:05', '1:00', '14:59', '1:00:00', '0:00']);
});

describe('a lock-out', () => {
  const problem = { code: 'factor_locked', status: 429, detail: null, retryAfter: 30 };

  it('is read from the refusal, and from no other one', () => {
    expect(lockedFor(problem)).toBe(30);
    expect(lockedFor({ ...problem, code: 'rate_limited' })).toBeNull();
    expect(lockedFor(null)).toBeNull();
  });

  it('lasts at least a second, so that the page asks again', () => {
    expect(lockedFor({ ...problem, retryAfter: null })).toBe(1);
    expect(lockedFor({ ...problem, retryAfter: 0 })).toBe(1);
  });
});

it('the file of recovery codes says what it is, one code a line', () => {
  expect(recoveryText('Title', 'Note', ['AAAA-BBBB-CCCC', 'DDDD-EEEE-FFFF'])).toBe('Title\nNote\n\nAAAA-BBBB-CCCC\nDDDD-EEEE-FFFF\n');
});
