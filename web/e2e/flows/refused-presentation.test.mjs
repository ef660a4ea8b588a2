import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookInEachLanguage } from '../harness/look.mjs';
import { addPerson } from '../harness/people.mjs';
import { withPlayer } from '../harness/player.mjs';

const ATTEMPTS = 3;
/** What the last attempt's reason means for the whole verification: an attack is refused, a doubt goes to a person. */
const OUTCOMES = { presentation_attack: 'refused', presentation_doubtful: 'under_review' };

test('a face that passive PAD takes for an attack is not let through, though it is the one on the ID photo', (t) =>
  withPlayer({ face: 'doubted' }, async (player) => {
    const { page, origin } = player;
    const iin = await addPerson(origin, { face: 'doubted', birthDate: '1980-06-07' });
    await player.comeToFace(iin, 'en');
    const reasons = [];
    while ((await player.showFace()) === 'retry') {
      reasons.push(await player.part('face-retry').getAttribute('data-code'));
      if (reasons.length === 1) await lookInEachLanguage(page, 'face-retry-presentation');
    }
    const outcome = await player.outcome();
    reasons.push(...(await player.reasons()));
    t.diagnostic(`the attempts: ${reasons.join(', ')}; the outcome: ${outcome}`);
    assert.equal(reasons.length, ATTEMPTS);
    const final = reasons.pop();
    // Which cue failed is told at the end alone.
    for (const reason of reasons) assert.equal(reason, 'capture_retry');
    assert.ok(final in OUTCOMES, final);
    assert.equal(outcome, OUTCOMES[final]);
    await lookInEachLanguage(page, 'outcome-presentation');
    await player.operatorLearnsOnlyNo();
  }));
