// Webhooks (Standard Webhooks): whether a message is Rastau's, and of now. `standardwebhooks` and `svix` tell the same.
import { createHmac, timingSafeEqual } from 'node:crypto';

/** What is older is somebody's copy; the clocks may differ as much. */
const OLDEST_S = 300;

/** What a message says, or undefined: then nothing may come of it. `secret`: as `rastau webhook set` printed it. */
export function read(secret, headers, body) {
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signatures = '' } = headers;
  if (!id || !(Math.abs(Date.now() / 1000 - Number(at)) <= OLDEST_S)) return undefined;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest();
  // Two stand beside each other while the secret is replaced.
  return signatures.split(' ').some((signature) => isSame(signature, expected)) ? JSON.parse(body) : undefined;
}

function isSame(signature, expected) {
  if (!signature.startsWith('v1,')) return false;
  const shown = Buffer.from(signature.slice(3), 'base64');
  return shown.length === expected.length && timingSafeEqual(shown, expected);
}
