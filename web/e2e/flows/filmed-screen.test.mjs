// A filmed screen before a real browser's camera does not pass.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasFilms } from '../harness/film.mjs';
import { visit } from '../harness/filmed-visit.mjs';

test('a screen on film does not pass', { skip: !hasFilms && 'no films here' }, async (t) => {
  const { hints, commands, code } = await visit('wolf_fake_replay.mp4');
  t.diagnostic(`hints: ${hints.join(', ')}; commands: ${commands.join(', ')}`);
  assert.ok(['capture_retry', 'capture_timeout'].includes(code), code);
});
