// What operators ask for most, beside npm oidc-provider: introspection and token issue, each server on one core and this
// process, the load, on another. `make bench-operators`; all options are optional.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { binary } from '../../web/e2e/harness/service.mjs';
import { medians } from './figures.mjs';
import { MEASURED, measure } from './measured.mjs';
import { startPeer } from './peer.mjs';
import { startRastau } from './rastau.mjs';
import { report } from './report.mjs';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    chains: { type: 'string', default: '64' },
    core: { type: 'string', default: '0' },
    scratch: { type: 'string', default: tmpdir() },
    only: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
  },
});
const [rounds, seconds, chains] = [options.rounds, options.seconds, options.chains].map(Number);
const { core } = options;

const folder = mkdtempSync(join(options.scratch, 'bench-operators-'));
const servers = [];
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

servers.push(await startRastau({ binary: binary(), core, folder, chains }));
const peer = await startPeer({ core, chains });
servers.push(peer);
const measured = MEASURED.filter(({ name }) => name.includes(options.only));
const figures = new Map();
for (let round = 0; round < rounds; round += 1) {
  for (const one of measured) {
    // Who begins changes, so that a machine that slows down slows both.
    for (const server of round % 2 ? [...servers].reverse() : servers) {
      if (!one.on.includes(server.name)) continue;
      const key = `${one.name}\t${server.name}`;
      const figure = await measure(one, server, seconds);
      figures.set(key, [...(figures.get(key) ?? []), figure]);
      console.error(`round ${round + 1}: ${server.name}, ${one.name}: ${Math.round(figure.perSecond)} a second`);
    }
  }
}
for (const server of servers) await server.stop();

const installed = JSON.parse(readFileSync(join(import.meta.dirname, 'peer/node_modules/oidc-provider/package.json'), 'utf8'));
const result = {
  machine: { processor: cpus()[0].model, cores: cpus().length, loadAverage: loadavg()[0] },
  peer: `oidc-provider ${installed.version} on Node.js ${peer.node}`,
  rounds,
  seconds,
  chains,
  measured: [...figures].map(([key, all]) => {
    const [name, server] = key.split('\t');
    return { name, server, ...medians(all) };
  }),
};
console.log(options.json ? JSON.stringify(result, null, 2) : report(result));
process.exit(0);
