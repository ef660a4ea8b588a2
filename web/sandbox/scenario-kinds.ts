import type { Scenario } from '../shared/api/sandbox';

/** What a scenario is about, in the order in which they are shown. */
export const KINDS = ['play', 'restricted', 'face', 'silence'] as const;
export type Kind = (typeof KINDS)[number];

const KIND_OF: Readonly<Record<string, Kind>> = {
  face_mismatch: 'face',
  person_not_found: 'face',
  doubt: 'face',
  register_down: 'silence',
  registry_stale: 'silence',
};
/** Of all others, what comes of them says it. */
const BY_ENDING: Readonly<Record<Scenario['expected'], Kind>> = {
  approved: 'play',
  refused: 'restricted',
  under_review: 'face',
  not_identified: 'silence',
};

export const kindOf = ({ code, expected }: Pick<Scenario, 'code' | 'expected'>): Kind => KIND_OF[code] ?? BY_ENDING[expected];

/** Scenarios by kind, without kinds that have none. */
export function byKind(scenarios: readonly Scenario[]): { kind: Kind; scenarios: readonly Scenario[] }[] {
  return KINDS.map((kind) => ({ kind, scenarios: scenarios.filter((one) => kindOf(one) === kind) })).filter(({ scenarios: some }) => some.length > 0);
}
