// Runs every flow in e2e/flows against a running Rastau in sandbox mode: RASTAU_URL, else the address below.
// Single flows: `npm run e2e -- NAME ...` takes the files whose names contain one of the words.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

process.env.RASTAU_URL ??= 'http://localhost:8080';

const folder = join(import.meta.dirname, 'flows');
const wanted = process.argv.slice(2);
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.test.mjs') && (wanted.length === 0 || wanted.some((word) => name.includes(word))))
  .sort()
  .map((name) => join(folder, name));

if (files.length === 0) {
  console.error(`no flow matches ${wanted.join(' ')}`);
  process.exit(2);
}

// One at a time: each has a browser of its own, and the camera frames want the processor.
run({ files, concurrency: 1, timeout: 180_000 })
  .on('test:fail', () => {
    process.exitCode = 1;
  })
  .compose(new spec())
  .pipe(process.stdout);
