import assert from 'node:assert/strict';
import { createRemoteJWKSet, jwtVerify } from 'jose';

const AUDIENCE = 'demo-bet';

/** Verifies the token that the operator's page shows as an operator's service does, with a library that is not ours. */
export async function assertToken({ page, origin }, { acr }) {
  const token = await page.getByTestId('token-raw').textContent();
  const keys = createRemoteJWKSet(new URL('/oauth2/jwks', origin));
  const expected = { issuer: `${origin}/sandbox`, audience: AUDIENCE, typ: 'at+jwt', algorithms: ['ES256'] };
  const { payload } = await jwtVerify(token, keys, expected);
  assert.equal(payload.acr, acr);
  assert.equal(payload.sandbox, true);
  assert.ok(payload.exp - payload.iat <= 300);

  const introspection = JSON.parse(await page.getByTestId('introspection').textContent());
  assert.equal(introspection.active, true);
  assert.equal(introspection.sub, payload.sub);

  // The library would say no to another operator's token, and to one that was changed.
  const another = jwtVerify(token, keys, { ...expected, audience: 'another-bet' });
  await assert.rejects(another, { code: 'ERR_JWT_CLAIM_VALIDATION_FAILED' });
  const [header, , signature] = token.split('.');
  const claims = Buffer.from(JSON.stringify({ ...payload, sub: 'somebody else' })).toString('base64url');
  const forged = jwtVerify(`${header}.${claims}.${signature}`, keys, expected);
  await assert.rejects(forged, { code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' });
}
