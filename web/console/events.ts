/** Events of the log that have words of their own, `event.KIND`; all others are told by their code. */
const TOLD = [
  'verification_started',
  'consent_given',
  'person_identified',
  'face_judged',
  'face_locked',
  'face_unlocked',
  'factor_enrolled',
  'factor_accepted',
  'factor_rejected',
  'verification_decided',
  'verification_reopened',
  'token_issued',
  'case_opened',
  'case_viewed',
  'case_assigned',
  'case_concluded',
  'case_settled',
  'reason_contested',
  'evidence_held',
  'evidence_let_go',
  'evidence_erased',
  'evidence_exported',
  'evidence_replayed',
  'measure_proposed',
  'measure_settled',
  'notice_queued',
  'notice_withheld',
  'notice_delivered',
  'notice_given_up',
  'attack_confirmed',
  'face_cleared',
] as const;

export type ToldEvent = (typeof TOLD)[number];

export const isTold = (kind: string): kind is ToldEvent => (TOLD as readonly string[]).includes(kind);
