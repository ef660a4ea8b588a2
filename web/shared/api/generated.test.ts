import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { GENERATED, generate } from './generate.mjs';

it('has types that are those of the description: `npm run api` writes them anew', async () => {
  expect(await generate()).toBe(readFileSync(GENERATED, 'utf8'));
}, 60_000);
