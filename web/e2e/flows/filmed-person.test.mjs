// A filmed person before a real browser's camera: gets hints that fit, does not do what is asked, and does not pass.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasFilms } from '../harness/film.mjs';
import { visit } from '../harness/filmed-visit.mjs';

/** What may be said to somebody who sits before a camera and looks about. */
const FITTING = new Set(['hold_still', 'follow', 'straight', 'face_turned', 'face_too_small', 'face_cut_off', 'blurred', '']);

test('a living person on film is asked, does not follow, and does not pass', { skip: !hasFilms && 'no films here' }, async (t) => {
  const { hints, commands, code } = await visit('krzysiek_real.mp4');
  t.diagnostic(`hints: ${hints.join(', ')}; commands: ${commands.join(', ')}`);
  for (const hint of hints) assert.ok(FITTING.has(hint), `${hint} does not fit`);
  assert.ok(commands.length >= 2, 'commands were shown');
  assert.equal(code, 'capture_retry');
});
