import { type Key, t } from './say';

/** Kinds of background jobs that have a title; what stands after a colon in a job's name is what it is about. */
export const JOBS = [
  'restricted-grants',
  'webhooks',
  'notices',
  'retention',
  'superseded-restrictions',
  'templates',
  'face-index',
  'face-retention',
  'source',
] as const;

type Kind = (typeof JOBS)[number];

const isKind = (kind: string): kind is Kind => (JOBS as readonly string[]).includes(kind);

/** What a job does, in the reader's language; its name where it is of a newer service than this page. */
export const jobTitle = (name: string): string => {
  const [kind = '', about] = name.split(':', 2);
  if (!isKind(kind)) {
    return name;
  }
  const title = t(`jobs.of.${kind}` satisfies Key);
  return kind === 'source' && about ? `${title}: ${about}` : title;
};
