import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, ROOT } from '../../web/e2e/harness/service.mjs';
import { grantTokens } from './grants.mjs';
import { startPinned } from './pinned.mjs';
import { assertionClient, basicClient } from './requests.mjs';

const PATHS = { par: '/oauth2/par', token: '/oauth2/token', introspect: '/oauth2/introspect' };
/** More than anything here asks for. */
const REQUESTS_PER_SECOND = '100000';

/** `rastau serve` on SQLite in `folder`, two operators, and for each of them real grants of the sandbox's "approved" player. */
export async function startRastau({ binary, core, folder, chains }) {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const redirectUri = `${origin}/callback`;
  writeFileSync(
    join(folder, 'rastau.toml'),
    `[server]\nbind = "127.0.0.1:${port}"\npublic_url = "${origin}"\n[sandbox]\nenabled = true\n` +
      `[models]\ndirectory = ${JSON.stringify(join(ROOT, 'models'))}\nsessions = 1\n[log]\nformat = "json"\n`,
  );
  const rastau = (...args) => execFileSync(binary, args, { cwd: folder, encoding: 'utf8' });
  rastau('keys', 'generate', '--sandbox', '--out', 'keys.toml');
  rastau('migrate');
  const add = (id, ...credential) => {
    const added = rastau('operator', 'add', id, '--name', 'Bench', '--redirect-uri', redirectUri, ...credential, '--json');
    rastau('operator', 'change', id, '--requests-per-second', REQUESTS_PER_SECOND);
    return JSON.parse(added);
  };
  const basic = basicClient('bench-basic', add('bench-basic', '--sandbox-secret').client_secret);
  const assertion = assertionClient('bench-assertion');
  const jwks = join(folder, 'jwks.json');
  writeFileSync(jwks, JSON.stringify({ keys: [assertion.jwk] }));
  add('bench-assertion', '--jwks', jwks);

  const isReady = (line) => line.includes('"message":"ready"');
  const { pid, stop } = await startPinned({ core, command: binary, args: ['serve'], cwd: folder, isReady });
  const server = { name: 'rastau', port, origin, issuer: `${origin}/sandbox`, paths: PATHS, pid, stop };
  server.clients = {
    basic: { ...basic, chains: await grantTokens(server, basic, redirectUri, chains) },
    assertion: { ...assertion, chains: await grantTokens(server, assertion, redirectUri, chains) },
  };
  return server;
}
