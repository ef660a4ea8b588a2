import { createPublicKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto';

/** How long an assertion is good, seconds. */
const ASSERTION_LIFE = 60;

/** A client that shows a shared secret (RFC 6749 section 2.3.1). */
export function basicClient(id, secret) {
  const header = `authorization: Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}\r\n`;
  return { id, secret, header, parameters: () => '' };
}

/** A client that signs an assertion for every request (RFC 7523), and the public half of its key. */
export function assertionClient(id) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = encode({ alg: 'ES256', typ: 'JWT', kid: 'one' });
  const parameters = (audience) => {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: id, sub: id, aud: audience, jti: randomUUID(), iat: now, exp: now + ASSERTION_LIFE };
    const signed = `${head}.${encode(claims)}`;
    const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    const type = 'urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer';
    return `&client_assertion_type=${type}&client_assertion=${signed}.${signature.toString('base64url')}`;
  };
  const jwk = { ...createPublicKey(privateKey).export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'ES256' };
  return { id, jwk, header: '', parameters };
}

/** A form as it goes over the wire. */
export function post(server, path, client, body) {
  const sent = body + client.parameters(server.issuer);
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: localhost:${server.port}\r\n${client.header}` +
      `content-type: application/x-www-form-urlencoded\r\ncontent-length: ${sent.length}\r\n\r\n${sent}`,
    'latin1',
  );
}

/** The same bytes each time, where nothing in them is good only once. */
function repeated(make, client) {
  if (!client.header) return make;
  const bytes = make();
  return () => bytes;
}

/** Asks about a token that stands. */
export function introspection(server, client, token) {
  const body = `token=${encodeURIComponent(token)}&token_type_hint=access_token`;
  const next = repeated(() => post(server, server.paths.introspect, client, body), client);
  return { next, took: (answer) => answer.includes('"active":true') };
}

/** Renews over and over, each time with the refresh token that came last; `chain` keeps the newest tokens. */
export function renewal(server, client, chain) {
  const next = () => post(server, server.paths.token, client, `grant_type=refresh_token&refresh_token=${encodeURIComponent(chain.refresh)}`);
  const took = (answer) => {
    const told = JSON.parse(answer);
    if (told.refresh_token === chain.refresh || !isJwt(told.access_token)) return false;
    chain.refresh = told.refresh_token;
    chain.access = told.access_token;
    return true;
  };
  return { next, took };
}

/** A token for the client itself: nothing is looked up, nothing used up. */
export function clientCredentials(server, client) {
  const next = repeated(() => post(server, server.paths.token, client, 'grant_type=client_credentials&scope=play'), client);
  return { next, took: (answer) => isJwt(JSON.parse(answer).access_token) };
}

function isJwt(token) {
  return token.split('.').length === 3;
}
