import type { Filter, Risk, Status } from '../shared/api/console';

/** The queue as an address keeps it: what is filtered, how far it was opened, and which case was looked at last. */
export interface QueueView {
  readonly filter: Filter;
  /** How many pages are shown; at least 1. */
  readonly pages: number;
  /** The case that the keyboard is at. */
  readonly at: string;
}

type Asked = Readonly<Record<string, string>>;

export const STATUSES: readonly Status[] = ['open', 'proposed', 'recorded', 'decided'];
export const RISKS: readonly Risk[] = ['high', 'medium', 'low'];
const HOLDERS = ['me', 'nobody'] as const;
/** Said for "whatever the status". */
const ALL = 'all';
const MOST_PAGES = 20;

const oneOf = <T extends string>(known: readonly T[], said: string | undefined): T | '' => known.find((one) => one === said) ?? '';

/** A figure of the overview and a device lead to all of their cases, whatever became of them; else the open ones come first. */
const usualStatus = (asked: Asked): Status | '' => (asked['reason'] || asked['finding'] || asked['device'] ? '' : 'open');

/** Reads an address; what is not understood is left out. */
export function viewOf(asked: Asked): QueueView {
  const { status } = asked;
  const pages = Number(asked['pages']);
  return {
    filter: {
      status: status === ALL ? '' : oneOf(STATUSES, status) || usualStatus(asked),
      holder: oneOf(HOLDERS, asked['holder']),
      risk: oneOf(RISKS, asked['risk']),
      reason: asked['reason'] ?? '',
      operator: asked['operator'] ?? '',
      finding: asked['finding'] ?? '',
      from: asked['from'] ?? '',
      until: asked['until'] ?? '',
      device: asked['device'] ?? '',
    },
    pages: Number.isInteger(pages) && pages > 1 ? Math.min(pages, MOST_PAGES) : 1,
    at: asked['at'] ?? '',
  };
}

/** The address of it, `#queue?…`; nothing is written that goes without saying. */
export function addressOf({ filter, pages, at }: QueueView): string {
  const query = new URLSearchParams();
  const { status, ...rest } = filter;
  for (const [name, value] of Object.entries(rest)) if (value) query.set(name, value);
  if (status !== usualStatus(rest)) query.set('status', status || ALL);
  if (pages > 1) query.set('pages', String(pages));
  if (at) query.set('at', at);
  const text = query.toString();
  return text ? `#queue?${text}` : '#queue';
}

/** How many filters stand besides the status. */
export const filtersSet = ({ status: _, ...rest }: Filter): number => Object.values(rest).filter(Boolean).length;
