// Two versions side by side on PostgreSQL under load: `node benches/upgrade/main.mjs OLD NEW`, two programs. Two replicas of the old one
// serve behind a balancer; the new one migrates, two of it join, the old ones are taken out one by one and asked to end. No request may fail.
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Connection } from '../operators/connection.mjs';
import { grantTokens } from '../operators/grants.mjs';
import { startPinned } from '../operators/pinned.mjs';
import { basicClient, introspection, post, renewal } from '../operators/requests.mjs';
import { freePort, ROOT } from '../../web/e2e/harness/service.mjs';
import { startBalancer } from './balancer.mjs';
import { startCluster } from './cluster.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '8' }, chains: { type: 'string', default: '8' } },
});
if (positionals.length !== 2) {
  console.error('usage: node benches/upgrade/main.mjs OLD NEW [--seconds 8] [--chains 8]');
  process.exit(2);
}
const [older, newer] = positionals.map((program) => resolve(program));
const [seconds, chains] = [Number(options.seconds), Number(options.chains)];
const PATHS = { par: '/oauth2/par', token: '/oauth2/token', introspect: '/oauth2/introspect' };

const folder = mkdtempSync(join(tmpdir(), 'bench-upgrade-'));
const cluster = startCluster(folder);
process.once('exit', () => {
  cluster.stop();
  rmSync(folder, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const port = await freePort();
const origin = `http://localhost:${port}`;
writeFileSync(
  join(folder, 'rastau.toml'),
  `[server]\npublic_url = "${origin}"\nworkers = 1\n[database]\nurl = "${cluster.url}"\n[sandbox]\nenabled = true\n` +
    `[models]\ndirectory = ${JSON.stringify(join(ROOT, 'models'))}\nsessions = 1\n[log]\nformat = "json"\n`,
);
const run = (program, ...args) => execFileSync(program, args, { cwd: folder, encoding: 'utf8' }).trim();
run(older, 'keys', 'generate', '--sandbox', '--out', 'keys.toml');
run(older, 'migrate');
const added = JSON.parse(run(older, 'operator', 'add', 'bench', '--name', 'Bench', '--redirect-uri', `${origin}/callback`, '--sandbox-secret', '--json'));
run(older, 'operator', 'change', 'bench', '--requests-per-second', '100000');

const balancer = await startBalancer(port);
const serve = async (name, program) => {
  const at = await freePort();
  const env = { ...process.env, RASTAU__SERVER__BIND: `127.0.0.1:${at}` };
  const isReady = (line) => line.includes('"message":"ready"');
  const replica = await startPinned({ core: '0,1', command: program, args: ['serve'], cwd: folder, env, isReady });
  balancer.add(name, at);
  await until(() => balancer.isReady(name));
  return replica;
};
const old = [await serve('old 1', older), await serve('old 2', older)];

// The load: each slot asks again as soon as it is answered, and says what became of it.
const server = { port, origin, issuer: `${origin}/sandbox`, paths: PATHS };
const client = basicClient('bench', added.client_secret);
const granted = await grantTokens(server, client, `${origin}/callback`, chains);
const phases = [];
let phase = null;
const enter = (name) => phases.push((phase = { name, began: performance.now(), answered: 0, failed: 0, longest: 0 }));
let goesOn = true;
const slot = async (make) => {
  let connection = await Connection.open(port);
  while (goesOn) {
    const began = performance.now();
    try {
      await ask(connection, make);
      phase.answered += 1;
    } catch (error) {
      phase.failed += 1;
      console.error(`${phase.name}: ${error.message}`);
      connection.close();
      connection = await Connection.open(port);
    }
    phase.longest = Math.max(phase.longest, performance.now() - began);
  }
  connection.close();
};
enter('the old version alone');
const slots = granted.flatMap((chain) => [slot(introspection(server, client, chain.access)), slot(renewal(server, client, chain)), slot(pushedRequest())]);
await pause(seconds);
enter('the new version migrates');
console.error((await aside(newer, 'migrate')).trim());
await pause(seconds);
const stayed = ['old 1', 'old 2'].every((name) => balancer.isReady(name));
enter('two of the new one join');
const young = [await serve('new 1', newer), await serve('new 2', newer)];
enter('both versions serve');
await pause(seconds);
for (const [place, replica] of old.entries()) {
  enter(`old ${place + 1} is taken out and ends`);
  balancer.remove(`old ${place + 1}`);
  await replica.stop();
}
enter('the new version alone');
await pause(seconds);
goesOn = false;
await Promise.all(slots);
for (const replica of young) await replica.stop();
balancer.stop();

for (const [place, one] of phases.entries()) {
  const ended = phases[place + 1]?.began ?? performance.now();
  const line = [one.name.padEnd(32), `${((ended - one.began) / 1e3).toFixed(1)} s`, `${one.answered} answered`, `${one.failed} failed`, `longest ${one.longest.toFixed(0)} ms`];
  console.log(line.join('   '));
}
const total = (of) => phases.reduce((sum, one) => sum + one[of], 0);
const longest = Math.max(...phases.map((one) => one.longest));
console.log(`in all: ${total('answered')} answered, ${total('failed')} failed, longest ${longest.toFixed(0)} ms; old replicas stayed ready: ${stayed ? 'yes' : 'NO'}`);
console.log(`${cpus().length} x ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)}`);
process.exit(total('failed') === 0 && stayed ? 0 : 1);

/** A visit that a player could begin. */
function pushedRequest() {
  const body = new URLSearchParams({
    response_type: 'code',
    redirect_uri: `${origin}/callback`,
    scope: 'play',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  });
  const request = post(server, PATHS.par, client, body.toString());
  return { next: () => request, took: (answer) => answer.includes('urn:ietf:params:oauth:request_uri:') };
}

function ask(connection, { next, took }) {
  return new Promise((fulfil, reject) => {
    const done = (status, body) => (status < 300 && took(body) !== false ? fulfil() : reject(new Error(`${status} ${body}`)));
    connection.ask(next(), done, reject);
  });
}

/** Runs a program while the load goes on. */
function aside(program, ...args) {
  return new Promise((fulfil, reject) => {
    execFile(program, args, { cwd: folder, encoding: 'utf8' }, (error, out) => (error ? reject(error) : fulfil(out)));
  });
}

function pause(span) {
  return new Promise((done) => setTimeout(done, span * 1e3));
}

async function until(what) {
  while (!what()) await pause(0.05);
}
