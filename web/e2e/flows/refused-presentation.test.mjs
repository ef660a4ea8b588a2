import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookInEachLanguage } from '../harness/look.mjs';
import { addPerson } from '../harness/people.mjs';
import { withPlayer } from '../harness/player.mjs';

const ATTEMPTS = 3;
/** Passive PAD gives it .06 to .2 wherever it sits; .4 would pass. Where it sits is the same each time all the same. */
const SEAT = 1;
/** What the last attempt's reason means for the whole verification: an attack is refused, a doubt goes to a person. */
const OUTCOMES = { presentation_attack: 'refused', presentation_doubtful: 'under_review' };

test('a face that passive PAD takes for an attack is not let through, though it is the one on the ID photo', (t) =>
  withPlayer({ face: 'doubted', seat: SEAT }, async (player) => {
    const { page, origin } = player;
    const iin = await addPerson(origin, { face: 'doubted', birthDate: '1980-06-07' });
    await player.comeToFace(iin, 'en');
    const reasons = [];
    let ended;
    // A connection that a busy machine loses is begun anew by the player, and counts like a failure.
    while (['retry', 'lost'].includes((ended = await player.showFace()))) {
      reasons.push(ended === 'lost' ? 'capture_retry' : await player.part('face-retry').getAttribute('data-code'));
      if (reasons.length === 1 && ended === 'retry') await lookInEachLanguage(page, 'face-retry-presentation');
    }
    assert.equal(ended, 'decided');
    const outcome = await player.outcome();
    reasons.push(...(await player.reasons()));
    t.diagnostic(`the attempts: ${reasons.join(', ')}; the outcome: ${outcome}`);
    assert.ok(reasons.length >= ATTEMPTS);
    const final = reasons.pop();
    // Which cue failed is told at the end alone.
    for (const reason of reasons) assert.equal(reason, 'capture_retry');
    assert.ok(final in OUTCOMES, final);
    assert.equal(outcome, OUTCOMES[final]);
    await lookInEachLanguage(page, 'outcome-presentation');
    await player.operatorLearnsOnlyNo();
  }));
