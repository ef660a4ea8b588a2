import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../web/e2e/harness/service.mjs';
import { startPinned } from './pinned.mjs';
import { assertionClient, basicClient } from './requests.mjs';

/** The Node.js that the peer asks for, where its package is to be had; else the one that runs this. */
const NODE = join(import.meta.dirname, 'peer/node_modules/.bin/node');
const PATHS = { token: '/token', introspect: '/token/introspection' };

/** npm oidc-provider as `peer/server.mjs` sets it up: the same clients, as many tokens. */
export async function startPeer({ core, chains }) {
  const port = await freePort();
  const basic = basicClient('bench-basic', randomBytes(32).toString('hex'));
  const assertion = assertionClient('bench-assertion');
  const settings = { port, chains, basic, assertion: { id: assertion.id, jwk: assertion.jwk } };
  const { pid, told, stop } = await startPinned({
    core,
    command: existsSync(NODE) ? NODE : process.execPath,
    args: [join(import.meta.dirname, 'peer/server.mjs')],
    env: { ...process.env, NODE_ENV: 'production', PEER: JSON.stringify(settings) },
    isReady: (line) => line.startsWith('{') && JSON.parse(line),
  });
  const chainsOf = ({ access, refresh }) => access.map((token, number) => ({ opaque: token, refresh: refresh[number] }));
  const clients = {
    basic: { ...basic, chains: chainsOf(told.basic) },
    assertion: { ...assertion, chains: chainsOf(told.assertion) },
  };
  return { name: 'oidc-provider', port, issuer: `http://localhost:${port}`, paths: PATHS, pid, stop, clients, node: told.node };
}
