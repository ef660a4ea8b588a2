// Markdown of the repository as pages of the service. Runs when the pages are built: nothing of it goes to a browser.

import GithubSlugger from 'github-slugger';
import MarkdownIt, { type Token } from 'markdown-it';

export interface Heading {
  readonly id: string;
  readonly level: number;
  readonly text: string;
}

export interface Rendered {
  readonly html: string;
  readonly headings: readonly Heading[];
  /** Addresses of served pages that it leads to, with what stands behind their `#`. */
  readonly links: readonly string[];
}

/** Where a file of the repository's docs/ is served; of others the name is told and no link is made. */
export type Served = Readonly<Record<string, string>>;

/** Addresses of every service that may stand in the text as code, and lead there. */
const OWN_ADDRESSES = ['/docs/', '/docs/interface/', '/docs/reference/', '/api/openapi.json'];

/** `text` as HTML. Markup that stands in it is shown and not followed. */
export function render(text: string, served: Served): Rendered {
  const slugger = new GithubSlugger();
  const headings: Heading[] = [];
  const links: string[] = [];
  const markdown = new MarkdownIt({ html: false, linkify: false });

  markdown.core.ruler.push('rastau', ({ tokens }) => {
    for (const [index, token] of tokens.entries()) {
      if (token.type === 'heading_open') headings.push(named(token, tokens[index + 1], slugger));
      if (token.type === 'th_open' && tokens[index + 1]?.content === '') noHeader(token, tokens[index + 2]);
      if (token.type === 'inline') for (const part of token.children ?? []) follow(part, token.children ?? [], served, links);
    }
  });
  const { rules } = markdown.renderer;
  const block = (tokens: Token[], index: number) =>
    `<div class="code"><pre tabindex="0"><code>${markdown.utils.escapeHtml(tokens[index]?.content ?? '')}</code></pre></div>\n`;
  rules.code_block = block;
  rules.fence = block;
  // Wide tables scroll, for who uses a keyboard as well.
  rules.table_open = () => '<div class="table" tabindex="0"><table>\n';
  rules.table_close = () => '</table></div>\n';
  rules.code_inline = (tokens, index) => {
    const content = tokens[index]?.content ?? '';
    const code = `<code>${markdown.utils.escapeHtml(content)}</code>`;
    return OWN_ADDRESSES.includes(content) ? `<a href="${content}">${code}</a>` : code;
  };
  return { html: markdown.render(text), headings, links };
}

/** Gives a heading the id that GitHub gives it, so that one link serves in both places. */
function named(open: Token, inline: Token | undefined, slugger: GithubSlugger): Heading {
  const text = (inline?.children ?? []).map((part) => part.content).join('');
  const id = slugger.slug(text);
  open.attrSet('id', id);
  return { id, level: Number(open.tag.slice(1)), text };
}

/** A corner of a table that says nothing heads nothing. */
function noHeader(open: Token, close: Token | undefined): void {
  open.tag = 'td';
  if (close) close.tag = 'td';
}

function follow(part: Token, all: readonly Token[], served: Served, links: string[]): void {
  if (part.type !== 'link_open') return;
  const target = String(part.attrGet('href') ?? '');
  if (/^https?:/.test(target)) {
    part.attrSet('rel', 'noreferrer');
    return;
  }
  const [file = '', anchor = ''] = target.split('#');
  const page = file === '' ? '' : served[file];
  if (page === undefined) {
    part.tag = 'span';
    part.attrs = [
      ['class', 'file'],
      ['title', `In the repository: ${file}`],
    ];
    const close = all.slice(all.indexOf(part)).find((later) => later.type === 'link_close');
    if (close) close.tag = 'span';
    return;
  }
  const address = anchor ? `${page}#${anchor}` : page;
  part.attrSet('href', address);
  links.push(address);
}
