import assert from 'node:assert/strict';
import { test } from 'node:test';
import { look } from '../harness/look.mjs';
import { addPerson } from '../harness/people.mjs';
import { withPlayer } from '../harness/player.mjs';

test('who does all that is asked before a camera that mirrors is told so, and has as many attempts as before', () =>
  withPlayer({ face: 'astronaut', mirrors: true }, async (player) => {
    const iin = await addPerson(player.origin, { face: 'astronaut', birthDate: '1991-02-03' });
    await player.comeToFace(iin);
    assert.equal(await player.showFace(), 'retry');
    assert.equal(await player.part('face-retry').getAttribute('data-code'), 'capture_mirrored');
    assert.equal(await player.part('face-attempts').textContent(), 'Осталось попыток: 3');
    await look(player.page, 'face-mirrored');
  }));
