import { describe, expect, it } from 'vitest';
import { nonceOf, parseAnswer } from './answers';

const NONCE = 'AAECAwQFBgcICQoLDA0ODw';
const show = { type: 'show', index: 3, command: null, light: 'red', colour: '#ff3030', number: 1, of: 5 };
const read = (value: unknown) => parseAnswer(JSON.stringify(value));

describe('an answer of the server', () => {
  it.each([
    { type: 'ready', nonce: NONCE, seconds: 90, lights: true },
    show,
    { ...show, light: null, colour: null, command: 'turn_left' },
    { type: 'guidance', sequence: 1, code: 'follow', progress: 0.5 },
    { type: 'result', result: 'passed', reason: null, text: null, verification: {} },
    { type: 'problem', code: 'x', detail: 'y', retry_after: null },
  ])('is read: %j', (answer) => {
    expect(read(answer)).toEqual(answer);
  });

  it.each([null, 7, 'ready', [], {}, { type: 'news' }, { type: 'ready', seconds: 90 }, { type: 'ready', nonce: 'AAEC' }, { type: 'ready', nonce: '!' }])(
    'is passed over when it says nothing: %j',
    (value) => {
      expect(read(value)).toBeNull();
    },
  );

  it.each([{ colour: null }, { colour: 'url(x)' }, { colour: [255, 48, 48] }, { index: 'three' }])('shows nothing unreadable: %j', (wrong) => {
    expect(read({ ...show, ...wrong })).toBeNull();
  });

  it('is passed over when it is no text or no JSON', () => {
    expect(parseAnswer('not json')).toBeNull();
    expect(parseAnswer(new ArrayBuffer(1))).toBeNull();
  });
});

it('the nonce is 16 bytes in base64url', () => {
  expect([...(nonceOf({ type: 'ready', nonce: NONCE, seconds: 1 }) ?? [])]).toEqual(Array.from({ length: 16 }, (_, n) => n));
});
