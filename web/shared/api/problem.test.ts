import { describe, expect, it } from 'vitest';
import { parseProblem, problemOf } from './problem';

describe('a problem of the server', () => {
  it('keeps its code, its sentence and how long to wait', () => {
    expect(parseProblem(429, { code: 'factor_locked', detail: 'Wait.', retry_after: 30 }, '99')).toEqual({
      code: 'factor_locked',
      status: 429,
      detail: 'Wait.',
      retryAfter: 30,
    });
  });

  it('takes the waiting time from the header where the body has none', () => {
    expect(parseProblem(429, { code: 'x' }, '15').retryAfter).toBe(15);
    expect(parseProblem(429, { code: 'x' }, 'Wed, 21 Oct 2026 07:28:00 GMT').retryAfter).toBeNull();
    expect(parseProblem(429, { code: 'x' }, null).retryAfter).toBeNull();
  });

  it.each([undefined, null, 'text', 7, []])('is an unexpected one when the body is %j', (body) => {
    expect(parseProblem(502, body, null)).toEqual({ code: 'unexpected', status: 502, detail: null, retryAfter: null });
  });

  it('is an unexpected one when something else was thrown', () => {
    expect(problemOf(new TypeError('x')).code).toBe('unexpected');
  });
});
