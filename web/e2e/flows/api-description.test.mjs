// The description of the HTTP interface, held against the service by a fuzzer, and read on its page.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DESKTOP, launch, PHONE } from '../harness/chromium.mjs';
import { picture } from '../harness/look.mjs';
import { freePort, Service } from '../harness/service.mjs';

const scratch = join(process.env.E2E_SCRATCH, 'description');
const fuzzer = join(import.meta.dirname, '../fuzzer');
/** No server error and nothing undocumented; that every odd value is refused is not asked. */
const CHECKS = [
  ...['not_a_server_error', 'status_code_conformance', 'content_type_conformance', 'response_schema_conformance'],
  ...['response_headers_conformance', 'unsupported_method', 'ignored_auth', 'missing_required_header'],
].join(',');
/** What the HTTP library says of requests that are none. */
const NO_HTTP = /ERROR actix_http::h1::dispatcher/;
const SECONDS = Number(process.env.FUZZ_SECONDS ?? 60);

test('no answer is a server error or undocumented', { timeout: (SECONDS + 80) * 1000 }, async () => {
  // A service of its own: the fuzzer changes and disables operators.
  mkdirSync(scratch);
  const service = new Service({ data: scratch, port: await freePort() });
  await service.start();
  try {
    const household = join(scratch, `port-${service.port}`);
    const secret = (name) => readFileSync(join(household, name), 'utf8').trim();
    const config = join(scratch, 'schemathesis.toml');
    writeFileSync(
      config,
      `[auth.openapi.administrator]\nbearer = "${secret('administration-token')}"\n` +
        `[auth.openapi.staff]\nbearer = "${secret('compliance-token')}"\n` +
        `[auth.openapi.clientSecret]\nusername = "demo-bet"\npassword = "${secret('operator-secret')}"\n`,
      { mode: 0o600 },
    );
    const args = ['--config-file', config, 'run', `${service.origin}/api/openapi.json`, '--checks', CHECKS];
    const more = ['--max-time', String(SECONDS), '--request-timeout', '10', '--no-color', '--continue-on-failure'];
    const { code, told } = await run(join(fuzzer, '.venv/bin/schemathesis'), [...args, ...more]);
    assert.equal(code, 0, told);
    assert.deepEqual(service.troubles(NO_HTTP), []);
  } finally {
    await service.stop();
  }
});

function run(program, args) {
  return new Promise((resolve) => {
    execFile(program, args, { maxBuffer: 64 * 1024 * 1024, cwd: scratch }, (error, stdout, stderr) => {
      resolve({ code: error ? (error.code ?? 1) : 0, told: `${stdout}\n${stderr}` });
    });
  });
}

test('the page of the description asks nobody else', async () => {
  const origin = process.env.RASTAU_URL;
  const browser = await launch({ camera: null });
  try {
    const page = await browser.newPage({ viewport: DESKTOP });
    const foreign = [];
    const complaints = [];
    page.on('request', (request) => {
      if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== origin) foreign.push(request.url());
    });
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(`${origin}/docs/`);
    await page.locator('#operations-operators-issueTokens').click();
    await page.getByText('Exchange a code, or renew').first().waitFor();
    assert.ok((await page.locator('.opblock').count()) > 20);
    await picture(page, 'docs.desktop');
    await page.setViewportSize(PHONE);
    await picture(page, 'docs.phone');
    assert.deepEqual(foreign, []);
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
  }
});
