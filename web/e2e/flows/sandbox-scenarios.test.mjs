import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseLocale, look, lookInEachLanguage } from '../harness/look.mjs';
import { withPlayer } from '../harness/player.mjs';
import { assertToken } from '../harness/token.mjs';

/** Presses "Try it" beside a scenario and comes to the camera step: the IIN is filled in already. */
async function tryScenario(player, code, locale = 'ru') {
  const { page, origin } = player;
  await page.goto(new URL('/sandbox/', origin).href);
  await chooseLocale(page, locale);
  const row = page.locator(`[data-testid=scenario][data-code=${code}]`);
  const iin = await row.getAttribute('data-iin');
  await row.getByTestId('scenario-use').click();
  await player.onPage('consent');
  await player.consent();
  assert.equal(await player.part('iin-input').inputValue(), iin);
  await player.part('iin-continue').click();
  await player.onPage('face');
}

async function pretend(player, step) {
  await player.page.locator(`[data-testid=pretend][data-step=${step}]`).waitFor();
  await player.part('pretend-go').click();
}

test('scenarios go through by their buttons alone: approved, several grounds, doubt', () =>
  withPlayer({ face: null }, async (player) => {
    const { page, origin } = player;
    await page.goto(new URL('/sandbox/', origin).href);
    await page.getByTestId('scenario').last().waitFor();
    assert.equal(await page.getByTestId('scenario').count(), 23);
    await lookInEachLanguage(page, 'sandbox-scenarios');

    await tryScenario(player, 'approved');
    await lookInEachLanguage(page, 'pretend-face');
    await pretend(player, 'face');
    await player.onPage('contact');
    await lookInEachLanguage(page, 'pretend-contact');
    await pretend(player, 'contact');
    await player.onPage('second_factor');
    await lookInEachLanguage(page, 'pretend-second');
    await pretend(player, 'second_factor');
    assert.equal(await player.outcome(), 'approved');
    assert.equal(await player.returnToOperator(), 'token');
    await assertToken(player, { acr: 'urn:rastau:acr:face+contact+passkey' });

    await tryScenario(player, 'several_grounds', 'kk');
    await pretend(player, 'face');
    await pretend(player, 'contact');
    await pretend(player, 'second_factor');
    assert.equal(await player.outcome(), 'refused');
    assert.deepEqual(await player.reasons(), ['restricted_debtor', 'restricted_court', 'restricted_self']);
    await look(page, 'scenario-several-grounds');
    await player.operatorLearnsOnlyNo();

    await tryScenario(player, 'doubt', 'en');
    await pretend(player, 'face');
    assert.equal(await player.outcome(), 'under_review');
    await look(page, 'scenario-doubt');
    await player.operatorLearnsOnlyNo();

    // A person who is no scenario's comes before the camera as ever.
    await page.goto(new URL('/sandbox/', origin).href);
    const person = await page.locator('[data-note=demo_approved]').first().getAttribute('data-iin');
    await player.comeToFace(person);
    await player.part('face-start').waitFor();
    assert.equal(await player.part('pretend').count(), 0);
  }));
