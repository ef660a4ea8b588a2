import type { VerificationView } from '../api/verification';

/** What the server says on the capture stream. */
export type Answer =
  | { readonly type: 'ready'; readonly frames_needed: number; readonly seconds: number }
  | { readonly type: 'guidance'; readonly sequence: number; readonly code: string; readonly collected: number; readonly needed: number }
  | {
      readonly type: 'result';
      readonly result: CaptureResult;
      /** Why, for a `retry`: the stable code and the sentence. */
      readonly reason: string | null;
      readonly text: string | null;
      readonly verification: VerificationView;
    }
  | { readonly type: 'problem'; readonly code: string; readonly detail: string };

export type CaptureResult = 'passed' | 'refused' | 'under_review' | 'retry';

const KNOWN = new Set(['ready', 'guidance', 'result', 'problem']);

/** A kind of answer that a newer server adds is passed over; broken JSON is, too: the silence limit catches a dead stream. */
export function parseAnswer(text: unknown): Answer | null {
  if (typeof text !== 'string') return null;
  try {
    const answer = JSON.parse(text) as Answer;
    return KNOWN.has(answer?.type) ? answer : null;
  } catch {
    return null;
  }
}
