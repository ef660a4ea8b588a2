// The types of the interface, from its reviewed description: `npm run api`.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import openapiTS, { astToString } from 'openapi-typescript';
import { format, resolveConfig } from 'prettier';

const DESCRIPTION = join(import.meta.dirname, '../../../src/http/snapshots/rastau__http__description__tests__the_description_stays_as_it_was_reviewed.snap');
export const GENERATED = join(import.meta.dirname, 'generated.ts');

/** What is said, as the description has it now; addresses and statuses are the pages' own business. */
export async function generate() {
  const [, , snapshot] = readFileSync(DESCRIPTION, 'utf8').split(/^---$/m);
  const { openapi, info, components } = JSON.parse(snapshot);
  const description = { openapi, info, paths: {}, components: { schemas: components.schemas } };
  const types = astToString(await openapiTS(description, { immutable: true, alphabetize: true }));
  const text = `// Generated from the description of the interface by \`npm run api\`; not to be edited.\n${types}`;
  return format(text, { ...(await resolveConfig(GENERATED)), filepath: GENERATED });
}

if (process.argv[1] === import.meta.filename) writeFileSync(GENERATED, await generate());
