import { describe, expect, it } from 'vitest';
import { lockedUntil } from './lockout';

const FAULT = { type: 'problem', code: 'face_locked', detail: null, retry_after: 1800 } as const;
const OPEN = { attempts_left: 3, locked_until: null };

describe('a lock of the face', () => {
  it('is read from the view, whatever a refusal said', () => {
    const face = { attempts_left: 3, locked_until: '2026-11-25T10:00:00Z' };
    expect(lockedUntil(face, { fault: FAULT, at: 0 })).toBe(Date.UTC(2026, 10, 25, 10));
  });

  it('is read from the refusal where the view does not know of it yet, and from no other one', () => {
    expect(lockedUntil(OPEN, { fault: FAULT, at: 5 })).toBe(1_800_005);
    expect(lockedUntil(OPEN, { fault: { ...FAULT, code: 'busy' }, at: 5 })).toBeNull();
    expect(lockedUntil({ attempts_left: 3 }, null)).toBeNull();
  });

  it('lasts at least a second, so that the page asks again', () => {
    expect(lockedUntil(OPEN, { fault: { ...FAULT, retry_after: null }, at: 0 })).toBe(1000);
  });
});
