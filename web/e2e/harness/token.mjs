import { createRemoteJWKSet, jwtVerify } from 'jose';

/** Verifies an access token offline as an operator's service does: signature by JWKS, issuer, audience, type, expiry. */
export function verifyToken(token, { origin, issuer = origin, audience }) {
  const keys = createRemoteJWKSet(new URL('/oauth2/jwks', origin));
  return jwtVerify(token, keys, { issuer, audience, typ: 'at+jwt', algorithms: ['ES256'] });
}
