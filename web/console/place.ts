/** Where somebody is in the console, as its address says. */
export type Place =
  | { readonly page: 'queue'; readonly asked: Readonly<Record<string, string>> }
  | { readonly page: 'overview' | 'staff' | 'proposals' | 'settings' }
  | { readonly page: 'case'; readonly id: string };

const PAGES = ['overview', 'staff', 'proposals', 'settings'] as const;

export function placeOf(hash: string): Place {
  const [name = '', query = ''] = hash.replace(/^#/, '').split('?');
  const id = /^case=(.+)$/.exec(name)?.[1];
  if (id) return { page: 'case', id };
  const page = PAGES.find((one) => one === name);
  if (page) return { page };
  return { page: 'queue', asked: Object.fromEntries(new URLSearchParams(query)) };
}
