import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

type Theme = 'light' | 'dark';

/** `name: colour` of each colour that a theme has. */
function palette(file: string): Record<Theme, string[]> {
  const [light = '', dark = ''] = readFileSync(new URL(file, import.meta.url), 'utf8').split('prefers-color-scheme: dark');
  const colours = (part: string) => part.match(/--[\w-]+: #[0-9a-f]{6}(?=;)/g) ?? [];
  return { light: colours(light), dark: colours(dark) };
}

it('the pages that the service writes itself wear the colours of the others', () => {
  const own = palette('../../../src/http/pages/page.css');
  const shared = palette('./tokens.css');
  for (const theme of ['light', 'dark'] as const) {
    expect(own[theme].length).toBeGreaterThan(6);
    expect(shared[theme]).toEqual(expect.arrayContaining(own[theme]));
  }
});
