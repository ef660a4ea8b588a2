import type { VerificationView } from '../api/verification';
import { fromBase64url } from '../webauthn/base64url';
import { LINK_BYTES } from './frame';

/** What the server says in a capture (docs/CAPTURE-PROTOCOL.md). */
export type Answer = Ready | Show | Guidance | Result | Fault;

export interface Ready {
  readonly type: 'ready';
  /** 16 bytes in base64url: what the first frame is linked to. */
  readonly nonce: string;
  readonly seconds: number;
}

/** What to show until the next one: a command, a light, or neither, which is "look straight". */
export interface Show {
  readonly type: 'show';
  readonly index: number;
  readonly command: string | null;
  readonly light: string | null;
  /** `#rrggbb`, with a light. */
  readonly colour: string | null;
  readonly number: number;
  readonly of: number;
}

export interface Guidance {
  readonly type: 'guidance';
  /** Answers this frame and all before it. */
  readonly sequence: number;
  readonly code: string;
  /** 0 to 1. */
  readonly progress: number;
}

export interface Result {
  readonly type: 'result';
  readonly result: CaptureResult;
  /** Why, for a `retry`: the stable code and the sentence. */
  readonly reason: string | null;
  readonly text: string | null;
  readonly verification: VerificationView;
}

export interface Fault {
  readonly type: 'problem';
  readonly code: string;
  readonly detail: string | null;
  /** Seconds. */
  readonly retry_after: number | null;
}

export type CaptureResult = 'passed' | 'refused' | 'under_review' | 'retry';

const COLOUR = /^#[0-9a-f]{6}$/i;

/** A kind of answer that a newer server adds is passed over; what cannot be read is, too: the silence limit catches a dead stream. */
export function readAnswer(value: unknown): Answer | null {
  if (typeof value !== 'object' || value === null) return null;
  const answer = value as Answer;
  switch (answer.type) {
    case 'ready':
      return nonceOf(answer) ? answer : null;
    case 'show':
      return Number.isInteger(answer.index) && (answer.light === null || COLOUR.test(answer.colour ?? '')) ? answer : null;
    case 'guidance':
    case 'result':
    case 'problem':
      return answer;
    default:
      return null;
  }
}

/** The same of a message's text. */
export function parseAnswer(text: unknown): Answer | null {
  if (typeof text !== 'string') return null;
  try {
    return readAnswer(JSON.parse(text));
  } catch {
    return null;
  }
}

/** The nonce's bytes; `null` when they are none. */
export function nonceOf({ nonce }: Ready): Uint8Array<ArrayBuffer> | null {
  try {
    const bytes = fromBase64url(nonce);
    return bytes.byteLength === LINK_BYTES ? bytes : null;
  } catch {
    return null;
  }
}
