import { Connection } from './connection.mjs';
import { paced, saturate } from './load.mjs';
import { clientCredentials, introspection, renewal } from './requests.mjs';

export const INTROSPECTION = 'introspection';
export const ISSUE = 'token issue, refresh_token';
export const BY_ASSERTION = ' by private_key_jwt';
export const CLIENT_CREDENTIALS = 'token issue, client_credentials';

const BOTH = ['rastau', 'oidc-provider'];

/** What is measured, on whom, and by which of its clients. Only the first two have bars, and latencies beside. */
export const MEASURED = [
  { name: INTROSPECTION, on: BOTH, client: 'basic', of: asked, latency: true },
  { name: ISSUE, on: BOTH, client: 'basic', of: renewal, latency: true },
  { name: INTROSPECTION + BY_ASSERTION, on: BOTH, client: 'assertion', of: asked },
  { name: ISSUE + BY_ASSERTION, on: BOTH, client: 'assertion', of: renewal },
  { name: CLIENT_CREDENTIALS, on: ['oidc-provider'], client: 'basic', of: clientCredentials },
];

/** One connection a chain: what the server bears, then latencies at half of that. */
export async function measure({ client: name, of, latency }, server, seconds) {
  const client = server.clients[name];
  const connections = await Promise.all(client.chains.map(() => Connection.open(server.port)));
  if (of === asked && !client.chains[0].opaque) await renewAll(server, client, connections);
  const slots = connections.map((connection, number) => ({ connection, ...of(server, client, client.chains[number]) }));
  const borne = await saturate(slots, seconds, server.pid);
  const half = latency ? await paced(slots, borne.perSecond / 2, seconds) : {};
  for (const connection of connections) connection.close();
  return { ...borne, ...half };
}

/** The peer is asked about opaque tokens; our own tokens are always JWTs. */
function asked(server, client, chain) {
  return introspection(server, client, chain.opaque ?? chain.access);
}

/** Our access tokens live for five minutes: fresh ones outlast a measurement. */
async function renewAll(server, client, connections) {
  for (const [number, chain] of client.chains.entries()) {
    const { next, took } = renewal(server, client, chain);
    await new Promise((resolve, reject) => {
      const done = (status, body) => (status === 200 && took(body) ? resolve() : reject(new Error(`${status} ${body}`)));
      connections[number].ask(next(), done, reject);
    });
  }
}
