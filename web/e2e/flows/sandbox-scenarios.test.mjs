import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertFitsLarge, chooseLocale, look, lookInEachLanguage } from '../harness/look.mjs';
import { withPlayer } from '../harness/player.mjs';
import { assertToken } from '../harness/token.mjs';

/** Scenarios are folded by kind. */
async function unfold(page) {
  await page.getByTestId('scenario-kind').last().waitFor();
  for (const kind of await page.getByTestId('scenario-kind').all()) {
    if ((await kind.getAttribute('open')) === null) await kind.locator('summary').click();
  }
}

/** Presses "Try it" beside a scenario and comes to the camera step: the IIN is filled in already. */
async function tryScenario(player, code, locale = 'ru') {
  const { page, origin } = player;
  await page.goto(new URL('/sandbox/', origin).href);
  await chooseLocale(page, locale);
  const row = page.locator(`[data-testid=scenario][data-code=${code}]`);
  await unfold(page);
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
    await lookInEachLanguage(page, 'sandbox-home');
    await assertFitsLarge(page, 'sandbox-home');
    await unfold(page);
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

test('a newcomer begins in three ways, by one click without a camera', () =>
  withPlayer({ face: null }, async (player) => {
    const { page, origin } = player;
    await page.goto(new URL('/sandbox/', origin).href);
    const ways = ['way-no-camera', 'way-own-face', 'way-staff'].map((way) => page.getByTestId(way));
    for (const way of ways) assert.ok((await way.boundingBox()).y < page.viewportSize().height, 'on the first screen');
    for (const path of ['/console/', '/docs/', '/docs/reference/']) await ways[2].locator(`a[href="${path}"]`).waitFor();
    await ways[1].locator('a[href="#add-yourself"]').click();
    await player.part('add-name').scrollIntoViewIfNeeded();

    const approved = await page.locator('[data-testid=scenario][data-code=approved]').getAttribute('data-iin');
    await player.part('way-approved').click();
    await player.onPage('consent');
    await assertFitsLarge(page, 'consent');
    await player.consent();
    assert.equal(await player.part('iin-input').inputValue(), approved);

    // Whom a card shows can be played from there.
    await page.goto(new URL('/sandbox/', origin).href);
    const card = page.locator('[data-testid=person]').first();
    const iin = await card.getAttribute('data-iin');
    const photo = card.locator('img');
    await photo.evaluate((image) => image.decode());
    assert.deepEqual(await photo.evaluate(({ naturalWidth, naturalHeight }) => [naturalWidth, naturalHeight]), [192, 240]);
    await card.getByTestId('person-play').click();
    await player.onPage('consent');
    await player.consent();
    assert.equal(await player.part('iin-input').inputValue(), iin);

    // Whoever comes without an IIN is offered some.
    await player.part('iin-input').fill('');
    await player.part('test-iin').selectOption({ value: approved });
    assert.equal(await player.part('iin-input').inputValue(), approved);
    await lookInEachLanguage(page, 'iin-of-a-sandbox');
    await assertFitsLarge(page, 'iin-of-a-sandbox');
  }));

test('a site that pushed no request is told on a page what to do', () =>
  withPlayer({ face: null }, async (player) => {
    const { page, origin } = player;
    await page.goto(new URL('/oauth2/authorize?response_type=code&client_id=demo-bet&redirect_uri=http://localhost/cb', origin).href);
    await player.onPage('not_pushed');
    await lookInEachLanguage(page, 'not-pushed', async () => {
      assert.match(await page.locator('main').textContent(), /pushed_authorization_request_endpoint/);
    });
    await page.locator('a[href^="/docs/"]').click();
    await page.locator('#what-your-server-does').waitFor();
  }));
