import { describe, expect, it } from 'vitest';
import { adviceFor } from './advice';
import { returnAddress } from './return-address';

describe('the way back to the operator', () => {
  it('is a web address', () => {
    expect(returnAddress('https://operator.example/callback?code=a&state=b')).toBe('https://operator.example/callback?code=a&state=b');
    expect(returnAddress('http://localhost:8080/sandbox/callback')).toBe('http://localhost:8080/sandbox/callback');
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'file:///x', '/relative', ''])('is never %j', (url) => {
    expect(returnAddress(url)).toBeNull();
  });
});

describe('the advice for a reason', () => {
  it.each([
    ['restricted_debtor', 'advice.restricted_debtor'],
    ['restricted_military', 'advice.restricted'],
    ['restrictions_unknown', 'advice.restrictions'],
    ['face_mismatch', 'advice.face'],
    ['presentation_attack', 'advice.face'],
    ['under_21', 'advice.under'],
    ['unheard_of', 'advice.general'],
    ['', 'advice.general'],
  ])('for %j is %s: its own, else that of its family, else the general one', (code, advice) => {
    expect(adviceFor(code)).toBe(advice);
  });
});
