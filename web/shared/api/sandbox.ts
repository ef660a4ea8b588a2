import { get, remove, send } from './http';

export interface Person {
  readonly iin: string;
  readonly name: string;
  readonly note_code: string;
  readonly photo_url: string;
}

export interface Scenario {
  readonly code: string;
  readonly iin: string;
  readonly expected: 'approved' | 'refused' | 'under_review' | 'not_identified';
}

export interface SandboxSession {
  readonly status: 'token' | 'denied';
  readonly error: string | null;
  readonly access_token: string | null;
  readonly claims: unknown;
  readonly introspection: unknown;
}

/** What one of the sandbox's people was told. */
export interface Notice {
  readonly kind: string;
  readonly channel: 'sms' | 'email';
  /** The address as the player is told it. */
  readonly masked: string;
  readonly text: string;
  readonly code?: string;
  readonly links: readonly string[];
  /** RFC 3339. */
  readonly at: string;
}

export interface NewPerson {
  readonly iin: string;
  readonly name: string;
  /** Base64 of a JPEG, PNG or WebP, without a data: prefix. */
  readonly photo: string;
}

export const sandbox = {
  scenarios: () => get<readonly Scenario[]>('/api/sandbox/scenarios'),
  people: () => get<readonly Person[]>('/api/sandbox/people'),
  notices: (iin: string) => get<readonly Notice[]>(`/api/sandbox/notices?iin=${encodeURIComponent(iin)}`),
  session: (id: string) => get<SandboxSession>(`/api/sandbox/session/${encodeURIComponent(id)}`),
  suggestIin: (birthDate: string) => get<{ readonly iin: string }>(`/api/sandbox/people/suggest-iin?birth_date=${encodeURIComponent(birthDate)}`),
  add: (person: NewPerson) => send('/api/sandbox/people', person),
  remove: (iin: string) => remove(`/api/sandbox/people/${encodeURIComponent(iin)}`),
};
