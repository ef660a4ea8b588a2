// An operator that proves itself by its TLS certificate: openid-client over a TLS proxy, tokens bound to the certificate.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { request } from 'node:https';
import { after, test } from 'node:test';
import { exportJWK, importX509 } from 'jose';
import * as client from '../../../examples/node/node_modules/openid-client/build/index.js';
import { playScenario, registerKeys, scenario } from '../harness/operator.mjs';
import { makeCertificate, startTlsProxy, x5c } from '../harness/tls-proxy.mjs';

const origin = process.env.RASTAU_URL;
const proxyIdentity = makeCertificate(process.env.E2E_SCRATCH, 'proxy');
const proxy = await startTlsProxy(origin, proxyIdentity);
after(() => proxy.close());

test('tokens are bound to the certificate, and no other one will do', async () => {
  const own = makeCertificate(process.env.E2E_SCRATCH, 'bet');
  const { redirectUri } = await registered('certificate-bet', own.cert);
  const config = await connect('certificate-bet', own);
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const address = await client.buildAuthorizationUrlWithPAR(config, {
    redirect_uri: redirectUri,
    scope: 'play',
    state,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  const back = await playScenario(origin, onOrigin(address), await scenario(origin, 'approved'));
  const checks = { pkceCodeVerifier: verifier, expectedState: state };
  const tokens = await client.authorizationCodeGrant(config, new URL(back), checks);
  const stands = await client.tokenIntrospection(config, tokens.access_token);
  const thumbprint = createHash('sha256')
    .update(Buffer.from(x5c(own.cert), 'base64'))
    .digest('base64url');
  assert.deepEqual(stands.cnf, { 'x5t#S256': thumbprint });

  const other = makeCertificate(process.env.E2E_SCRATCH, 'thief');
  for (const identity of [other, {}]) {
    await assert.rejects(client.refreshTokenGrant(await connect('certificate-bet', identity), tokens.refresh_token), { error: 'invalid_client' });
  }
  const renewed = await client.refreshTokenGrant(config, tokens.refresh_token);
  await client.tokenRevocation(config, renewed.refresh_token);
  assert.equal((await client.tokenIntrospection(config, renewed.access_token)).active, false);
});

async function registered(id, cert) {
  const jwk = { ...(await exportJWK(await importX509(cert, 'ES256'))), kid: 'tls', x5c: [x5c(cert)] };
  return registerKeys(origin, id, { keys: [jwk] }, { more: ['--tls-certificates'] });
}

/** openid-client as an operator whose TLS stack shows `identity`. */
async function connect(id, identity) {
  const issuer = new URL(`${origin}/sandbox`);
  const discovered = await client.discovery(issuer, id, undefined, client.TlsClientAuth(), { algorithm: 'oauth2', execute: [client.allowInsecureRequests] });
  const metadata = { ...discovered.serverMetadata() };
  assert.ok(metadata.token_endpoint_auth_methods_supported.includes('self_signed_tls_client_auth'));
  for (const name of ['token_endpoint', 'pushed_authorization_request_endpoint', 'introspection_endpoint', 'revocation_endpoint']) {
    metadata[name] = metadata[name].replace(origin, proxy.origin);
  }
  const config = new client.Configuration(metadata, id, undefined, client.TlsClientAuth());
  client.allowInsecureRequests(config);
  config[client.customFetch] = (url, options) => overTls(url, options, identity);
  return config;
}

function overTls(url, { method, headers, body }, identity) {
  return new Promise((resolve, reject) => {
    const call = request(url, { method, headers: Object.fromEntries(new Headers(headers)), ca: proxyIdentity.cert, ...identity }, (came) => {
      const chunks = [];
      came.on('data', (chunk) => chunks.push(chunk));
      came.once('end', () => resolve(new Response(Buffer.concat(chunks), { status: came.statusCode, headers: came.headers })));
    });
    call.once('error', reject);
    call.end(body?.toString());
  });
}

/** The browser's address names the service itself, not the proxy. */
function onOrigin(address) {
  return address.href.replace(proxy.origin, origin);
}
