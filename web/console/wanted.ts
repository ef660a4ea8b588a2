/** What of an operator is asked for: its parts by name, as who says yes reads them. */
export type Part = 'name' | 'redirect_uris' | 'authentication' | 'scopes' | 'contact' | 'requests_per_second' | 'url';

const PARTS: readonly Part[] = ['name', 'redirect_uris', 'authentication', 'scopes', 'contact', 'requests_per_second', 'url'];

export function wantedOf(measure: Readonly<Record<string, unknown>>): readonly (readonly [Part, string])[] {
  const parts = objectOf(measure['operator']) ?? objectOf(measure['change']) ?? {};
  const proof = parts['authentication'] ?? parts['credential'];
  const all: Readonly<Record<string, unknown>> = { ...parts, authentication: proof, url: measure['url'] };
  return PARTS.flatMap((part) => {
    const value = all[part];
    return value === undefined || value === null ? [] : [[part, written(value)] as const];
  });
}

function objectOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

function written(value: unknown): string {
  if (Array.isArray(value)) return value.join('\n');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
}
