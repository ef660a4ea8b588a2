// The guides of docs/ as pages below /docs/: a plugin of the build that puts them into their places in the HTML files.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { type Heading, render, type Rendered, type Served } from './markdown';

const REPOSITORY = join(import.meta.dirname, '../..');

/** Files of the repository's docs/ that are served, and where. */
export const SERVED: Served = { 'OPERATORS.md': '/docs/', 'API.md': '/docs/interface/' };

/** Every served document. */
export function renderAll(): ReadonlyMap<string, Rendered> {
  const pages = Object.entries(SERVED).map(([file, address]): [string, Rendered] => {
    return [address, render(readFileSync(join(REPOSITORY, 'docs', file), 'utf8'), SERVED)];
  });
  return new Map(pages);
}

/** Links that lead to a heading that is not there. */
export function deadLinks(pages: ReadonlyMap<string, Rendered>): string[] {
  const dead: string[] = [];
  for (const [address, { links }] of pages) {
    for (const link of links) {
      const [page = '', anchor = ''] = link.split('#');
      const headings = pages.get(page || address)?.headings ?? [];
      if (anchor && !headings.some(({ id }) => id === anchor)) dead.push(`${address}: ${link}`);
    }
  }
  return dead;
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (mark) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[mark] ?? mark);

/** The second and third level as a list of links. */
export function contents(headings: readonly Heading[]): string {
  const items = headings.filter(({ level }) => level === 2 || level === 3);
  return items.map(({ id, level, text }) => `<li class="level-${level}"><a href="#${id}">${escaped(text)}</a></li>`).join('\n');
}

/** `<!-- document -->` and `<!-- contents -->` of a page become its document and what is in it. */
export function documents(): Plugin {
  return {
    name: 'rastau-documents',
    buildStart() {
      for (const file of Object.keys(SERVED)) this.addWatchFile(join(REPOSITORY, 'docs', file));
    },
    transformIndexHtml: {
      order: 'pre',
      handler(html, { path }) {
        const pages = renderAll();
        const dead = deadLinks(pages);
        if (dead.length > 0) throw new Error(`links that lead nowhere:\n${dead.join('\n')}`);
        const page = pages.get(`/docs${path.replace(/index\.html$/, '')}`);
        if (!page) return html;
        return html.replace('<!-- document -->', () => page.html).replace('<!-- contents -->', () => contents(page.headings));
      },
    },
  };
}
