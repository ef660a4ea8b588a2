import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookInEachLanguage } from '../harness/look.mjs';
import { addPerson } from '../harness/people.mjs';
import { withPlayer } from '../harness/player.mjs';

test('messages of the sandbox are read beside the people that they went to', () =>
  withPlayer({ face: null }, async (player) => {
    const { page, origin } = player;
    // Somebody whom no other flow has written to.
    const iin = await addPerson(origin, { face: 'astronaut', birthDate: '1984-03-09' });
    await page.goto(new URL('/sandbox/', origin).href);
    const card = page.locator(`[data-testid=person][data-iin="${iin}"]`);
    await card.getByTestId('person-messages').click();
    assert.equal(await player.part('outbox-iin').inputValue(), iin);
    await player.part('outbox-none').waitFor();
    await lookInEachLanguage(page, 'sandbox-messages');

    // A slip of the finger asks for nothing.
    await player.part('outbox-iin').fill(iin.slice(0, 11));
    await player.part('outbox-none').waitFor({ state: 'detached' });

    await page.getByTestId('scenario-kind').first().locator('summary').click();
    const scenario = page.locator('[data-testid=scenario]').first();
    await scenario.getByTestId('scenario-messages').click();
    assert.equal(await player.part('outbox-iin').inputValue(), await scenario.getAttribute('data-iin'));

    // A link leads there, too.
    await page.goto(new URL(`/sandbox/?messages=${iin}`, origin).href);
    assert.equal(await player.part('outbox-iin').inputValue(), iin);
    await player.part('outbox-none').waitFor();
  }));
