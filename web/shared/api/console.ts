import type { CreationOptionsJson, RequestOptionsJson } from '../webauthn/options';
import { get, patch, post, postForPicture, send } from './http';

export type Status = 'open' | 'recorded' | 'proposed' | 'decided';
export type Conclusion = 'attack' | 'another_person' | 'cannot_tell' | 'source_right' | 'source_wrong' | 'rightful_person';
export type Act = 'read_overview' | 'read_cases' | 'see_evidence' | 'decide' | 'approve' | 'read_staff' | 'manage_staff';
export type Role = 'reviewer' | 'supervisor' | 'auditor' | 'operator_manager' | 'administrator';

export const ROLES: readonly Role[] = ['reviewer', 'supervisor', 'auditor', 'operator_manager', 'administrator'];

export interface Me {
  readonly login: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly may: readonly Act[];
  readonly idle_at: string;
  readonly ends_at: string;
  readonly stepped_up_until: string;
}

export interface ReasonTitle {
  readonly code: string;
  readonly title: string;
}

export interface QueueRow {
  readonly id: string;
  readonly opened_at: string;
  readonly due_at: string;
  readonly status: Status;
  readonly operator: string;
  readonly reasons: readonly ReasonTitle[];
  readonly contested: string | null;
  readonly assignee: string | null;
}

export interface Queue {
  readonly cases: readonly QueueRow[];
  readonly counts: Readonly<Record<Status, number>>;
}

export interface Decision {
  readonly conclusion: Conclusion;
  readonly to_player: string | null;
  readonly internal: string | null;
  readonly by: string;
  readonly at: string;
  readonly settled: { readonly by: string; readonly at: string; readonly yes: boolean } | null;
}

export interface CaseView extends QueueRow {
  readonly verification: string;
  readonly revision: number;
  readonly conclusions: readonly Conclusion[];
  readonly decisions: readonly Decision[];
}

export interface Cue {
  readonly cue: string;
  readonly support: number | null;
  readonly findings?: readonly string[];
}

export interface Evidence {
  readonly iin: string | null;
  readonly case: {
    readonly scores: {
      readonly similarity: number | null;
      readonly presentation: number | null;
      readonly frames: number;
      readonly quality: number | null;
      readonly cues?: readonly Cue[];
    };
    readonly face_hits: readonly { readonly kind: string; readonly subject: string; readonly similarity: number }[];
    readonly statement?: string;
  };
  readonly thresholds: { readonly match_from: number; readonly no_match_below: number; readonly bona_fide_from: number; readonly attack_below: number };
  readonly has_frame: boolean;
  readonly attempt: { readonly started_at: string; readonly decided_at: string | null; readonly captures: number; readonly verdict: string | null } | null;
  readonly earlier: readonly QueueRow[];
  readonly same_device: readonly QueueRow[];
}

export interface Figure {
  /** A day of Almaty. */
  readonly day: string;
  readonly operator: string;
  readonly code: string;
  readonly title?: string;
  readonly count: number;
}

export interface Overview {
  readonly from: string;
  readonly until: string;
  readonly verdicts: readonly Figure[];
  readonly reasons: readonly Figure[];
  readonly sources: readonly { readonly name: string; readonly refreshed_at: string; readonly stale_at: string; readonly fresh: boolean }[];
}

export interface StaffMember {
  readonly login: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly added_at: string;
  readonly disabled_at?: string;
}

export interface Invited {
  readonly member: StaffMember;
  readonly link: string;
}

export interface Begun<Options> {
  readonly ceremony: string;
  readonly options: { readonly publicKey: Options };
}

export interface Filter {
  readonly status: Status | '';
  readonly holder: '' | 'me' | 'nobody';
  readonly reason: string;
  readonly operator: string;
}

const BASE = '/api/console';
const at = (id: string, what = '') => `${BASE}/cases/${encodeURIComponent(id)}${what}`;
const of = (login: string, what = '') => `${BASE}/staff/${encodeURIComponent(login)}${what}`;

export const console_ = {
  me: () => get<Me>(`${BASE}/me`),
  beginJoining: (invitation: string) =>
    post<Begun<CreationOptionsJson> & { readonly login: string; readonly name: string }>(`${BASE}/join/start`, { invitation }),
  finishJoining: (invitation: string, ceremony: string, credential: unknown) =>
    post<Me>(`${BASE}/join/finish`, { invitation, ceremony, credential }),
  beginSigningIn: (login: string) => post<Begun<RequestOptionsJson>>(`${BASE}/sign-in/start`, { login }),
  finishSigningIn: (ceremony: string, credential: unknown) => post<Me>(`${BASE}/sign-in/finish`, { ceremony, credential }),
  beginStepUp: () => post<Begun<RequestOptionsJson>>(`${BASE}/step-up/start`),
  finishStepUp: (ceremony: string, credential: unknown) => post<Me>(`${BASE}/step-up/finish`, { ceremony, credential }),
  signOut: () => send(`${BASE}/sign-out`, {}),

  queue: (filter: Filter, before: string | null) => {
    const query = new URLSearchParams({ limit: '50' });
    for (const [name, value] of Object.entries(filter)) if (value) query.set(name, value as string);
    // Whoever waits longest is seen first; what is over is read from its end.
    const oldest = filter.status === 'open' || filter.status === 'proposed';
    if (oldest) query.set('order', 'oldest');
    if (before) query.set(oldest ? 'after' : 'before', before);
    return get<Queue>(`${BASE}/cases?${query.toString()}`);
  },
  find: (iin: string, why: string) => post<Queue>(`${BASE}/cases/find`, { iin, why }),
  open: (id: string) => get<CaseView>(at(id)),
  evidence: (id: string, why: string) => post<Evidence>(at(id, '/evidence'), { why }),
  picture: (id: string, which: 'frame' | 'id-photo', why: string) => postForPicture(at(id, `/pictures/${which}`), { why }),
  take: (id: string) => post<CaseView>(at(id, '/take')),
  handOver: (id: string, to: string | null) => post<CaseView>(at(id, '/hand-over'), { to }),
  conclude: (id: string, conclusion: Conclusion, toPlayer: string, internal: string) =>
    post<CaseView>(at(id, '/conclude'), { conclusion, to_player: toPlayer, internal }),
  settle: (id: string, yes: boolean) => post<CaseView>(at(id, '/settle'), { yes }),

  overview: (days: number) => get<Overview>(`${BASE}/overview?days=${days}`),
  overviewTable: (days: number) => `${BASE}/overview.csv?days=${days}`,

  staff: () => get<readonly StaffMember[]>(`${BASE}/staff`),
  invite: (login: string, name: string, roles: readonly Role[]) => post<Invited>(`${BASE}/staff`, { login, name, roles }),
  reinvite: (login: string) => post<Invited>(of(login, '/invite')),
  change: (login: string, change: { roles?: readonly Role[]; disabled?: boolean }) => patch<StaffMember>(of(login), change),
};
