import { createHash, randomBytes } from 'node:crypto';
import { playScenario, scenario } from '../../web/e2e/harness/scenario.mjs';
import { Connection } from './connection.mjs';
import { post } from './requests.mjs';

/** Grants as operators get them: a pushed request, a visit to the gate, and the code for tokens. Each begins a chain. */
export async function grantTokens(server, client, redirectUri, count) {
  const iin = await scenario(server.origin, 'approved');
  const connection = await Connection.open(server.port);
  const chains = [];
  for (let number = 0; number < count; number += 1) {
    chains.push(await grantOne(server, client, redirectUri, iin, connection));
  }
  connection.close();
  return chains;
}

async function grantOne(server, client, redirectUri, iin, connection) {
  const ask = (path, parameters) => answer(connection, post(server, path, client, new URLSearchParams(parameters).toString()));
  const verifier = randomBytes(32).toString('base64url');
  const pushed = await ask(server.paths.par, {
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'play',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const query = new URLSearchParams({ client_id: client.id, request_uri: pushed.request_uri });
  const back = await playScenario(server.origin, `${server.origin}/oauth2/authorize?${query}`, iin);
  const code = new URL(back).searchParams.get('code');
  const tokens = await ask(server.paths.token, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  });
  return { access: tokens.access_token, refresh: tokens.refresh_token };
}

function answer(connection, request) {
  return new Promise((resolve, reject) => {
    const done = (status, body) => (status < 300 ? resolve(JSON.parse(body)) : reject(new Error(`${status} ${body}`)));
    connection.ask(request, done, reject);
  });
}
