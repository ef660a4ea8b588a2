// A sandbox of one's own whose clock is moved: others' codes and tokens must not grow old by it.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { freePort, Service } from './service.mjs';

/** Starts one under this name; it is stopped after the file's tests. */
export async function ownSandbox(name) {
  const data = join(process.env.E2E_SCRATCH, name);
  mkdirSync(data);
  const service = new Service({ data, port: await freePort() });
  await service.start();
  after(() => service.stop());
  return service;
}

/** Seconds go by, for the service and for the browser. */
export async function later(page, service, seconds) {
  const secret = readFileSync(join(service.data, `port-${service.port}`, 'operator-secret'), 'utf8').trim();
  const answer = await fetch(new URL('/api/sandbox/clock', service.origin), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Basic ${btoa(`demo-bet:${secret}`)}` },
    body: JSON.stringify({ advance_seconds: seconds }),
  });
  assert.equal(answer.status, 200);
  await page.clock.setSystemTime(new Date((await answer.json()).now));
}
