import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { curlOf } from './curl';
import { type Description, type Entry, fields, groups, proofs, typeOf } from './description';

const reviewed = '../../../src/http/snapshots/rastau__http__description__tests__the_description_stays_as_it_was_reviewed.snap';
const text = readFileSync(join(__dirname, reviewed), 'utf8').split('---\n').slice(2).join('---\n');
const document = JSON.parse(text) as Description;
const all = groups(document).flatMap(({ entries }) => entries);

function operation(id: string): Entry {
  const found = all.find((entry) => entry.operation.operationId === id);
  if (!found) throw new Error(`no operation ${id}`);
  return found;
}

describe('the reference', () => {
  it('has every operation and every webhook once', () => {
    const count = (paths: object) => Object.values(paths).flatMap((methods: object) => Object.keys(methods)).length;
    expect(all.length).toBe(count(document.paths) + count(document.webhooks ?? {}));
    expect(new Set(all.map((entry) => entry.operation.operationId)).size).toBe(all.length);
  });

  it('says what an object holds, what it rests on with it', () => {
    const answer = fields(document, { $ref: '#/components/schemas/TokenAnswer' });
    expect(answer.find(({ name }) => name === 'expires_in')).toMatchObject({ type: 'integer', required: true });
    expect(answer.find(({ name }) => name === 'id_token')).toMatchObject({ type: 'string or null', required: false });
    const check = fields(document, { $ref: '#/components/schemas/Check' }).map(({ name }) => name);
    expect(check).toEqual(expect.arrayContaining(['client_assertion', 'subject', 'purpose', 'request_id']));
  });

  it('names each type', () => {
    expect(typeOf(document, { type: 'array', items: { type: 'string', format: 'uri' } })).toBe('array of string (uri)');
    expect(typeOf(document, { oneOf: [{ type: 'null' }, { enum: ['a', 'b'] }] })).toBe('"a" | "b"');
    expect(typeOf(document, { const: 'webhook.test' })).toBe('"webhook.test"');
  });

  it('ends where a schema names itself', () => {
    const endless = { ...document, components: { schemas: { A: { properties: { a: { $ref: '#/components/schemas/A' } } } } } };
    expect(fields(endless, { $ref: '#/components/schemas/A' })).toMatchObject([{ name: 'a', type: 'object' }]);
  });

  it('says who may call', () => {
    expect(proofs(document, operation('issueTokens').operation).length).toBe(3);
  });
});

describe('a call with curl', () => {
  it('is what a terminal takes', () => {
    expect(curlOf(document, operation('getKeys'))).toBe('curl https://rastau.example/oauth2/jwks');
    const check = curlOf(document, operation('checkPlayer'));
    expect(check).toContain('-u CLIENT_ID:SECRET');
    expect(check).toMatch(/-d purpose=/);
  });

  it('carries what must be there, and quotes it', () => {
    const parameters = [{ name: 'why', in: 'query', required: true, schema: { example: "it's so" } }] as const;
    const entry: Entry = { method: 'DELETE', path: '/x/{id}', operation: { operationId: 'x', parameters, responses: {} } };
    expect(curlOf(document, entry)).toBe("curl -X DELETE \\\n    'https://rastau.example/x/ID?why=it'\\''s%20so'");
  });

  it('is there for every operation', () => {
    for (const entry of all) expect(curlOf(document, entry)).toMatch(/^curl /);
  });
});
