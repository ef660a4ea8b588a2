// As much of OpenAPI 3.1 as the service's own description uses.

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly example?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly additionalProperties?: Schema | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly description?: string;
  readonly required?: boolean;
  readonly schema?: Schema;
}

export type Content = Readonly<Record<string, { readonly schema?: Schema; readonly example?: unknown }>>;

export interface Answer {
  readonly description: string;
  readonly content?: Content;
  readonly headers?: Readonly<Record<string, { readonly description?: string }>>;
}

export interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content; readonly required?: boolean };
  readonly responses: Readonly<Record<string, Answer>>;
  readonly security?: readonly Readonly<Record<string, unknown>>[];
}

type Methods = Readonly<Record<string, Operation>>;

export interface SecurityScheme {
  readonly type: string;
  readonly scheme?: string;
  readonly name?: string;
  readonly description?: string;
}

export interface Description {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string; readonly description?: string }[];
  readonly paths: Readonly<Record<string, Methods>>;
  readonly webhooks?: Readonly<Record<string, Methods>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly securitySchemes?: Readonly<Record<string, SecurityScheme>>;
  };
}

/** An operation where it stands. */
export interface Entry {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

export interface Group {
  readonly name: string;
  readonly description: string;
  readonly entries: readonly Entry[];
}

/** One member of an object. */
export interface Field {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
  /** The members of what it holds, where that is an object or an array of them. */
  readonly inner: Schema | null;
}

const listed = (paths: Readonly<Record<string, Methods>>): Entry[] =>
  Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })));

/** Operations by their first tag, in the order of the tags; webhooks last. */
export function groups({ tags, paths, webhooks = {} }: Description): Group[] {
  const all = listed(paths);
  const tagged = tags.map(({ name, description = '' }) => ({
    name,
    description,
    entries: all.filter(({ operation }) => operation.tags?.[0] === name),
  }));
  const told = { name: 'webhooks', description: 'What the service sends to operators', entries: listed(webhooks) };
  return [...tagged, told].filter(({ entries }) => entries.length > 0);
}

/** The schema that `$ref` names, with what stands beside the reference laid over it. */
export function resolve(document: Description, schema: Schema): Schema {
  const { $ref, ...beside } = schema;
  if (!$ref) return schema;
  const named = document.components.schemas[$ref.split('/').at(-1) ?? ''];
  return named ? { ...resolve(document, named), ...beside } : beside;
}

/** The schema itself where it may be null besides. */
function present(document: Description, schema: Schema): Schema {
  const others = schema.oneOf?.filter(({ type }) => type !== 'null') ?? [];
  const [only] = others;
  return only && others.length === 1 ? resolve(document, only) : resolve(document, schema);
}

/** Its type in words. */
export function typeOf(document: Description, schema: Schema): string {
  const { type, format, items, oneOf, enum: values, const: value, properties, allOf } = present(document, schema);
  if (value !== undefined) return JSON.stringify(value);
  if (values) return values.map((one) => JSON.stringify(one)).join(' | ');
  if (items) return `array of ${typeOf(document, items)}`;
  if (oneOf)
    return oneOf
      .filter((one) => one.type !== 'null')
      .map((one) => typeOf(document, one))
      .join(' | ');
  if (properties ?? allOf) return 'object';
  const types = (typeof type === 'string' ? [type] : (type ?? [])).filter((one) => one !== 'null');
  const name = types.join(' | ') || 'anything';
  return format && format !== 'int64' && format !== 'int32' ? `${name} (${format})` : name;
}

/** Whether it may be null. */
export function isNullable({ type, oneOf }: Schema): boolean {
  return (Array.isArray(type) && type.includes('null')) || (oneOf?.some((one) => one.type === 'null') ?? false);
}

/** Its limits in words: `1 to 64 characters`. */
export function limitsOf(document: Description, schema: Schema): string {
  const { minimum, maximum, minLength, maxLength, minItems } = present(document, schema);
  const range = (least: number | undefined, most: number | undefined, unit: string): string => {
    if (most !== undefined) return least ? `${least} to ${most}${unit}` : `at most ${most}${unit}`;
    return least ? `at least ${least}${unit}` : '';
  };
  return [range(minimum, maximum, ''), range(minLength, maxLength, ' characters'), range(minItems, undefined, ' items')]
    .filter((part) => part !== '')
    .join(', ');
}

/** The members of an object, those of `allOf` together. */
export function fields(document: Description, schema: Schema): Field[] {
  const whole = present(document, schema);
  const own = Object.entries(whole.properties ?? {}).map(([name, member]): Field => {
    const limits = limitsOf(document, member);
    const type = typeOf(document, member) + (isNullable(member) ? ' or null' : '');
    return {
      name,
      type: limits ? `${type}, ${limits}` : type,
      required: whole.required?.includes(name) ?? false,
      description: member.description ?? present(document, member).description ?? '',
      inner: innerOf(document, member),
    };
  });
  return [...(whole.allOf ?? []).flatMap((part) => fields(document, part)), ...own];
}

/** The schema whose members are worth showing below a value of this one. */
export function innerOf(document: Description, schema: Schema): Schema | null {
  const whole = present(document, schema);
  if (whole.items) return innerOf(document, whole.items);
  return (whole.properties && Object.keys(whole.properties).length > 0) || whole.allOf ? whole : null;
}

/** How a caller may prove itself, each way in words; none where anybody may call. */
export function proofs(document: Description, { security = [] }: Operation): string[] {
  const schemes = document.components.securitySchemes ?? {};
  return security.flatMap((way) => Object.keys(way)).map((name) => schemes[name]?.description ?? name);
}
