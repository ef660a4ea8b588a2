/** What the operator's page and the callback page say to each other. `id` tells callback pages apart. */
export type Message =
  /** Callback page: the player is back here. */
  | { readonly say: 'here'; readonly id: string }
  /** Operator's page: give me the answer. It is given to nobody who did not ask, so it is not spent twice. */
  | { readonly say: 'ready'; readonly id: string }
  | { readonly say: 'answer'; readonly id: string; readonly address: string }
  /** Operator's page: the window may close. */
  | { readonly say: 'taken'; readonly id: string }
  /** Callback page: nobody asked, so it goes to the backend itself. */
  | { readonly say: 'alone'; readonly id: string };

/** One line a visit: its name is the visit's `state`, which no other visit knows. */
export const lineOf = (state: string): string => `rastau:${state}`;

/** Null for whatever else is said on the line. */
export function readMessage(data: unknown): Message | null {
  const { say, id, address } = (data ?? {}) as Record<string, unknown>;
  if (typeof id !== 'string') return null;
  if (say === 'answer') return typeof address === 'string' ? { say, id, address } : null;
  return say === 'here' || say === 'ready' || say === 'taken' || say === 'alone' ? { say, id } : null;
}
