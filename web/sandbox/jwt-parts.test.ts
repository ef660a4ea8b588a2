import { expect, it } from 'vitest';
import { jwtHeader } from './jwt-parts';

it('the header of a token is read, and of anything else is nothing', () => {
  expect(jwtHeader('eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.c2ln')).toEqual({ alg: 'ES256', typ: 'at+jwt' });
  expect(jwtHeader('not a token')).toBeNull();
  expect(jwtHeader('')).toBeNull();
});
