import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookInEachLanguage } from '../harness/look.mjs';
import { addPerson } from '../harness/people.mjs';
import { withPlayer } from '../harness/player.mjs';

const TROUBLES = [
  { name: 'a camera that the player does not allow', options: { face: 'astronaut', allowed: false }, phase: 'denied' },
  { name: 'a device without a camera', options: { face: null }, phase: 'missing' },
];

for (const { name, options, phase } of TROUBLES) {
  test(`${name} is told as such, costs no attempt, and may be tried again`, () =>
    withPlayer(options, async (player) => {
      // A browser that was told no before; this one says no by itself, without having been told.
      await player.page.addInitScript(() => (navigator.permissions.query = async () => ({ state: 'denied' })));
      const iin = await addPerson(player.origin, { face: 'astronaut', birthDate: '1993-04-05' });
      await player.comeToFace(iin);
      assert.equal(await player.showFace(), phase);
      await lookInEachLanguage(player.page, `camera-${phase}`);
      assert.equal(await player.showFace(), phase);
      const view = await player.page.evaluate(async () => (await fetch('/api/player/verification')).json());
      assert.equal(view.face.attempts_left, 3);
    }));
}
