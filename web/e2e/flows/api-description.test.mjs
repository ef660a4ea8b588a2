// The description of the HTTP interface, held against the service by a fuzzer, and read on its pages with the guide.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { launch, PHONE } from '../harness/chromium.mjs';
import { assertFitsLarge, look } from '../harness/look.mjs';
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

/** A page of ours that asks nobody else and complains of nothing. */
async function reading(path, read) {
  const origin = process.env.RASTAU_URL;
  const browser = await launch({ camera: null });
  try {
    const context = await browser.newContext({ viewport: PHONE, permissions: ['clipboard-read', 'clipboard-write'] });
    const page = await context.newPage();
    const foreign = [];
    const complaints = [];
    page.on('request', (request) => {
      if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== origin) foreign.push(request.url());
    });
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(`${origin}${path}`);
    await read(page, origin);
    assert.deepEqual(foreign, []);
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
  }
}

test('the guide is read on a page of the service, and leads on', () =>
  reading('/docs/', async (page) => {
    await page.getByRole('heading', { level: 1, name: /^For operators/ }).waitFor();
    await look(page, 'docs-guide');
    await assertFitsLarge(page, 'docs-guide');
    await page.getByText('On this page').first().click();
    await page.getByRole('navigation', { name: 'On this page' }).getByText('Is it right?').click();
    assert.equal(new URL(page.url()).hash, '#is-it-right');
    const block = page.locator('.code').first();
    await block.getByRole('button', { name: 'Copy' }).click();
    await block.getByRole('button', { name: 'Copied' }).waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await block.locator('code').textContent());
    await page.locator('main a[href="/docs/interface/#webhooks"]').first().click();
    await page.locator('#webhooks').waitFor();
    await look(page, 'docs-interface');
  }));

test('the reference shows what this service has open', () =>
  reading('/docs/reference/#issueTokens', async (page, origin) => {
    const opened = page.locator('[data-testid=operation][data-id=issueTokens]');
    await opened.getByText('Exchange a code, or renew').waitFor();
    const curl = await opened.getByTestId('curl').textContent();
    assert.match(curl, new RegExp(`^curl ${origin}/oauth2/token`));
    assert.ok((await page.getByTestId('operation').count()) > 80);
    assert.equal(await page.getByTestId('group').count(), 7);
    await look(page, 'docs-reference');
    await assertFitsLarge(page, 'docs-reference');
    await page.locator('[data-id="on.token.revoked"] summary').click();
    await page.locator('[data-id="on.token.revoked"]').getByText('What is sent').waitFor();
  }));
