// A call as one types it into a terminal.

import { type Description, type Entry, fields, resolve, type Schema } from './description';

const quoted = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

/** What to put in the place of a value: its example, else its name. */
function sample(document: Description, name: string, schema: Schema): unknown {
  const { example, enum: values, const: value, type, items } = resolve(document, schema);
  if (example !== undefined) return example;
  if (value !== undefined) return value;
  if (values) return values[0];
  if (items) return [sample(document, name, items)];
  const of = Array.isArray(type) ? type[0] : type;
  if (of === 'integer' || of === 'number') return 1;
  if (of === 'boolean') return true;
  return name.toUpperCase();
}

/** Required members alone: who wants the others finds them in the list. */
function body(document: Description, schema: Schema): [string, unknown][] {
  const whole = resolve(document, schema);
  const parts = (whole.allOf ?? []).flatMap((part) => body(document, part));
  const own = Object.entries(whole.properties ?? {}).filter(([name]) => whole.required?.includes(name));
  return [...parts, ...own.map(([name, member]): [string, unknown] => [name, valueOf(document, name, member)])];
}

function valueOf(document: Description, name: string, schema: Schema): unknown {
  return fields(document, schema).length > 0 ? Object.fromEntries(body(document, schema)) : sample(document, name, schema);
}

/** The proof that is easiest to type, of those that the operation takes. */
function proof(document: Description, { operation }: Entry): string[] {
  const names = (operation.security ?? []).flatMap((way) => Object.keys(way));
  if (names.includes('clientSecret')) return ['-u CLIENT_ID:SECRET'];
  for (const name of names) {
    const scheme = document.components.securitySchemes?.[name];
    if (scheme?.scheme === 'bearer') return [`-H 'Authorization: Bearer TOKEN'`];
    if (scheme?.type === 'apiKey') return [`-b '${scheme.name}=SESSION'`];
  }
  return [];
}

/** The call of this operation with `curl`. */
export function curlOf(document: Description, entry: Entry): string {
  const { method, path, operation } = entry;
  const required = (operation.parameters ?? []).filter((parameter) => parameter.required);
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => name.toUpperCase());
  const query = required
    .filter((one) => one.in === 'query')
    .map((one) => {
      return `${one.name}=${encodeURIComponent(String(sample(document, one.name, one.schema ?? {})))}`;
    });
  const address = `${(document.servers[0]?.url ?? '').replace(/\/$/, '')}${filled}${query.length > 0 ? `?${query.join('&')}` : ''}`;
  const headers = required.filter((one) => one.in === 'header');
  const parts = [
    method === 'GET' || (method === 'POST' && operation.requestBody) ? '' : `-X ${method}`,
    quoted(address),
    ...proof(document, entry),
    ...headers.map((one) => `-H ${quoted(`${one.name}: ${String(sample(document, one.name, one.schema ?? {}))}`)}`),
    ...payload(document, operation.requestBody?.content ?? {}),
  ];
  return `curl ${parts.filter((part) => part !== '').join(' \\\n    ')}`;
}

function payload(document: Description, content: Entry['operation']['responses'][string]['content'] & object): string[] {
  const [type = '', { schema = {} } = {}] = Object.entries(content)[0] ?? [];
  if (type === 'application/x-www-form-urlencoded') {
    return body(document, schema).map(([name, value]) => `-d ${quoted(`${name}=${String(value)}`)}`);
  }
  if (type === 'application/json') {
    const text = JSON.stringify(Object.fromEntries(body(document, schema)));
    return [`-H 'Content-Type: application/json'`, `-d ${quoted(text)}`];
  }
  return type ? [`-H ${quoted(`Content-Type: ${type}`)}`, '--data-binary @FILE'] : [];
}
