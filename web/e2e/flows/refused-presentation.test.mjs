import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookInEachLanguage } from '../harness/look.mjs';
import { addPerson } from '../harness/people.mjs';
import { withPlayer } from '../harness/player.mjs';

test('a face that passive PAD takes for an attack is not let through, though it is the one on the ID photo', () =>
  withPlayer({ face: 'doubted' }, async (player) => {
    const { page, origin } = player;
    const iin = await addPerson(origin, { face: 'doubted', birthDate: '1980-06-07' });
    await player.comeToFace(iin, 'en');
    const reasons = [];
    let phase = await player.showFace();
    while (phase === 'retry') {
      reasons.push(await player.part('face-retry').getAttribute('data-code'));
      if (reasons.length === 1) await lookInEachLanguage(page, 'face-retry-presentation');
      phase = await player.showFace();
    }
    console.log(phase, reasons, await player.outcome(), await player.reasons());
    await lookInEachLanguage(page, 'outcome-presentation');
    await player.operatorLearnsOnlyNo();
  }));
