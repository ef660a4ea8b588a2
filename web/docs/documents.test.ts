import { describe, expect, it } from 'vitest';
import { contents, deadLinks, renderAll } from './documents';
import { render } from './markdown';

const served = { 'API.md': '/docs/interface/' };

describe('Markdown of the repository', () => {
  it('has the headings that GitHub gives it', () => {
    const { html, headings } = render('# For operators: `A` & B\n\n## A key\n\n## A key\n', served);
    expect(headings.map(({ id }) => id)).toEqual(['for-operators-a--b', 'a-key', 'a-key-1']);
    expect(html).toContain('<h2 id="a-key-1">');
  });

  it('leads to what is served, and names what is not', () => {
    const { html, links } = render('[one](API.md#webhooks), [two](adr/0035-second-proof.md), [three](#x) and `/docs/reference/`', served);
    expect(html).toContain('<a href="/docs/interface/#webhooks">one</a>');
    expect(html).toContain('<span class="file" title="In the repository: adr/0035-second-proof.md">two</span>');
    expect(html).toContain('<a href="/docs/reference/"><code>/docs/reference/</code></a>');
    expect(links).toEqual(['/docs/interface/#webhooks', '#x']);
  });

  it('is text, whatever stands in it', () => {
    const script = 'java' + 'script:alert(1)';
    const { html } = render(`<script>x</script> <b onclick="x">[x](${script})</b>\n\n    <img src=x>\n`, served);
    expect(html).not.toMatch(/<(script|b|img)|href/);
    expect(html).toContain('&lt;img src=x&gt;');
  });

  it('has no headers of tables that are empty', () => {
    const { html } = render('| | a |\n|---|---|\n| b | c |\n', served);
    expect(html).toMatch(/<td><\/td>\s*<th>a<\/th>/);
  });

  it('has no styles of its own, which the content policy would stop', () => {
    for (const { html } of renderAll().values()) expect(html).not.toContain('style=');
  });
});

describe('the served documents', () => {
  it('lead nowhere that is not there', () => {
    const pages = renderAll();
    expect([...pages.keys()]).toEqual(['/docs/', '/docs/interface/']);
    expect(deadLinks(pages)).toEqual([]);
    expect(pages.get('/docs/')?.links).toContain('/docs/interface/#webhooks');
  });

  it('would be refused with a link to a heading that is gone', () => {
    const page = render('## Here\n\n[a](#here) [b](#there)', served);
    expect(deadLinks(new Map([['/docs/', page]]))).toEqual(['/docs/: #there']);
  });

  it('list their headings of two levels', () => {
    const { headings } = render('# T\n\n## A <b>\n\n### B\n\n#### C\n', served);
    expect(contents(headings)).toBe('<li class="level-2"><a href="#a-b">A &lt;b&gt;</a></li>\n<li class="level-3"><a href="#b">B</a></li>');
  });
});
