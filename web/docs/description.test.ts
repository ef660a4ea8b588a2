// The description of the HTTP interface, as it was reviewed, against the linters that operators' engineers use.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const reviewed = join(__dirname, '../../src/http/snapshots/rastau__http__description__tests__the_description_stays_as_it_was_reviewed.snap');
const program = (name: string) => join(__dirname, '../node_modules/.bin', name);
let folder: string;
let description: string;

/** What a linter says; its exit code is in the text when it is not 0. */
function lint(name: string, args: string[]): string {
  const environment = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  try {
    return execFileSync(program(name), args, { encoding: 'utf8', env: environment, stdio: 'pipe' });
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
    return `exit ${status}\n${stdout}\n${stderr}`;
  }
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rastau-description-'));
  description = join(folder, 'openapi.json');
  // Of a snapshot the document stands behind its head.
  writeFileSync(description, readFileSync(reviewed, 'utf8').split('---\n').slice(2).join('---\n'));
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('the description of the interface', () => {
  it('is what redocly recommends', () => {
    const said = lint('redocly', ['lint', description, '--config', join(__dirname, 'redocly.yaml'), '--format', 'stylish']);
    expect(said).not.toContain('exit');
  }, 60_000);

  it('is what spectral recommends', () => {
    const args = ['lint', description, '--ruleset', join(__dirname, 'spectral.yaml'), '--fail-severity', 'error'];
    expect(lint('spectral', args)).not.toContain('exit');
  }, 60_000);

  it('would be refused with a mistake in it', () => {
    const broken = join(folder, 'broken.json');
    const document = JSON.parse(readFileSync(description, 'utf8'));
    document.components.schemas.TokenAnswer = { $ref: '#/components/schemas/Nothing' };
    writeFileSync(broken, JSON.stringify(document));
    expect(lint('redocly', ['lint', broken, '--config', join(__dirname, 'redocly.yaml')])).toContain('exit 1');
    expect(lint('spectral', ['lint', broken, '--ruleset', join(__dirname, 'spectral.yaml')])).toContain('exit 1');
  }, 60_000);
});
