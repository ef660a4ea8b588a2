import { describe, expect, it } from 'vitest';
import { isAnswerTo, readAuthorization, stateOf } from './authorization.js';

const ISSUER = 'https://rastau.example';
const GOOD = { address: `${ISSUER}/oauth2/authorize?client_id=a&request_uri=b`, state: 's-1', issuer: ISSUER };
const PAGE = 'https://bet.example/lobby';

describe("the backend's answer", () => {
  it('is read', () => {
    expect(readAuthorization({ ...GOOD, more: 1 })).toEqual(GOOD);
    const sandbox = { ...GOOD, issuer: 'http://localhost:8080/sandbox', address: 'http://localhost:8080/oauth2/authorize' };
    expect(readAuthorization(sandbox)).toEqual(sandbox);
  });

  it.each([
    null,
    'text',
    {},
    { ...GOOD, state: '' },
    { ...GOOD, state: 5 },
    { ...GOOD, state: 'x'.repeat(513) },
    { ...GOOD, issuer: undefined },
    { ...GOOD, address: '/oauth2/authorize' },
    { ...GOOD, address: 'javascript:alert(1)', issuer: 'javascript:alert(1)' },
    { ...GOOD, address: 'data:text/html,x', issuer: 'data:text/html,x' },
    { ...GOOD, address: 'blob:https://rastau.example/1' },
    { ...GOOD, address: 'https://rastau.example@evil.example/' },
    { ...GOOD, address: 'https://rastau.example.evil.example/' },
    { ...GOOD, address: 'https://rastau.example:8443/' },
    { ...GOOD, address: 'http://rastau.example/', issuer: 'http://rastau.example' },
    { ...GOOD, address: 'http://localhost.evil.example/', issuer: 'http://localhost.evil.example' },
  ])('is refused: %j', (answer) => {
    expect(() => readAuthorization(answer)).toThrow(expect.objectContaining({ code: 'malformed' }));
  });
});

describe('the answer of a visit', () => {
  const back = (query: string, origin = 'https://bet.example'): boolean => isAnswerTo(GOOD, `${origin}/callback?${query}`, PAGE);
  const iss = encodeURIComponent(ISSUER);

  it('is a code or an error with its state and issuer', () => {
    expect(back(`code=c&state=s-1&iss=${iss}`)).toBe(true);
    expect(back(`error=access_denied&state=s-1&iss=${iss}`)).toBe(true);
  });

  it.each([
    `code=c&state=s-2&iss=${iss}`,
    `code=c&state=S-1&iss=${iss}`,
    `code=c&iss=${iss}`,
    'code=c&state=s-1',
    'code=c&state=s-1&iss=https://evil.example',
    // The same place, but not as the metadata writes it.
    `code=c&state=s-1&iss=${iss}%2F`,
    `code=c&state=s-1&state=s-1&iss=${iss}`,
    `code=c&state=s-1&iss=${iss}&iss=${iss}`,
    `code=c&error=access_denied&state=s-1&iss=${iss}`,
    `code=c&code=d&state=s-1&iss=${iss}`,
    `state=s-1&iss=${iss}`,
  ])('is nothing else: %s', (query) => {
    expect(back(query)).toBe(false);
  });

  it('is on the origin of the page', () => {
    expect(back(`code=c&state=s-1&iss=${iss}`, 'https://evil.example')).toBe(false);
    expect(back(`code=c&state=s-1&iss=${iss}`, 'http://bet.example')).toBe(false);
    expect(isAnswerTo(GOOD, `/callback?code=c&state=s-1&iss=${iss}`, PAGE)).toBe(false);
  });
});

it('a callback address has one state', () => {
  expect(stateOf('https://bet.example/callback?state=a%20b')).toBe('a b');
  for (const query of ['', '?state=', '?state=a&state=b', `?state=${'x'.repeat(513)}`]) {
    expect(() => stateOf(`https://bet.example/callback${query}`)).toThrow(expect.objectContaining({ code: 'malformed' }));
  }
});
