// Runs every flow in e2e/flows in real Chromium against the real service, which it starts itself and stops again.
// RASTAU_BIN is the binary; CHROMIUM another browser than Debian's; E2E_SCREENSHOTS a folder for pictures of each page.
// Single flows: `npm run e2e -- NAME ...` takes the files whose names contain one of the words.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { makeMedia } from './harness/media.mjs';
import { freePort, Service } from './harness/service.mjs';

const AT_ONCE = 2; // each has a browser of its own, and the camera frames want the processor
const FLOW_MS = 150_000;
/** What a scenario of the sandbox says in the place of a register that is down. */
const PLAYED = /a scenario of the sandbox/;
/** Flows that mostly wait, for a time to run out; begun first, so that the others pass them by. */
const LONG = ['face-not-seen', 'filmed-screen', 'operator-conformance-session', 'totp-locked'];

const folder = join(import.meta.dirname, 'flows');
const wanted = process.argv.slice(2);
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.test.mjs') && (wanted.length === 0 || wanted.some((word) => name.includes(word))))
  .sort((one, other) => isLong(other) - isLong(one) || one.localeCompare(other))
  .map((name) => join(folder, name));

if (files.length === 0) {
  console.error(`no flow matches ${wanted.join(' ')}`);
  process.exit(2);
}

const scratch = mkdtempSync(join(tmpdir(), 'rastau-e2e-'));
const service = new Service({ data: join(scratch, 'data'), port: await freePort() });
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    process.exitCode = 1;
    interrupted.abort();
  });
}

try {
  await Promise.all([service.start(), makeMedia(join(scratch, 'media'))]);
  Object.assign(process.env, { RASTAU_URL: service.origin, E2E_MEDIA: join(scratch, 'media'), E2E_SCRATCH: scratch });
  if (!interrupted.signal.aborted) await runFlows();
  // Whatever the players saw: the service must have had no trouble of its own.
  const troubles = service.troubles(PLAYED);
  if (troubles.length > 0) throw new Error(`the service complained:\n${troubles.join('\n')}`);
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await service.stop();
  rmSync(scratch, { recursive: true, force: true });
}

function isLong(file) {
  return Number(LONG.some((name) => file.startsWith(name)));
}

/** Resolves when the last flow has ended. */
function runFlows() {
  return new Promise((resolve) => {
    run({ files, concurrency: AT_ONCE, timeout: FLOW_MS, signal: interrupted.signal })
      .on('test:fail', () => {
        process.exitCode = 1;
      })
      .on('end', resolve)
      .compose(new spec())
      .pipe(process.stdout);
  });
}
