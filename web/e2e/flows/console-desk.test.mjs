import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseLocale, look } from '../harness/look.mjs';
import { newOperator, playScenario, scenario } from '../harness/operator.mjs';
import { lookAtDesk, withStaff } from '../harness/staff.mjs';
import { refusal } from '../harness/watch.mjs';

const OPERATOR = 'desk-bet';
const CONTESTED = 'desk-contested';
const PHONE = { width: 360, height: 740 };
const TABLET = { width: 768, height: 1024 };
/** What the browser says when it has no line. */
const NO_LINE = /ERR_INTERNET_DISCONNECTED/;
const STATEMENT = 'Қарыз 1 қарашада төленді, түбіртек бар.';

/** Cases without a camera: as many doubts as are wanted, and a contested entry of the register of debtors. */
async function makeCases(origin, id, doubts) {
  const operator = await newOperator(origin, id);
  const play = async (code, contest) => playScenario(origin, (await operator.begin()).address, await scenario(origin, code), contest);
  for (let made = 0; made < doubts; made += 1) await play('doubt');
  await play('debtor', { reason: 'restricted_debtor', statement: STATEMENT });
}

/** A key as a keyboard with a Russian layout sends it: the letter is another, the place is the same. */
const pressOnRussianLayout = (page, code, key) =>
  page.evaluate(
    ([at, letter]) => document.body.dispatchEvent(new KeyboardEvent('keydown', { code: at, key: letter, bubbles: true, cancelable: true })),
    [code, key],
  );

test('the queue keeps its place, its keys work on a Russian layout, and what is wrong is said', () =>
  withStaff({ login: 'nurlan', roles: ['reviewer'], expected: [refusal(404), refusal(400), NO_LINE] }, async (nurlan) => {
    const { page } = nurlan;
    await makeCases(process.env.RASTAU_URL, OPERATOR, 3);
    await nurlan.join();
    await nurlan.part('queue-row').first().waitFor();
    const rows = page.locator('[data-testid=queue-row]');
    const names = await page.getByTestId('row-reasons').allTextContents();
    assert.ok(
      names.every((name) => !name.includes('Нужна проверка')),
      `staff read their own names: ${names}`,
    );

    // A filter is in the address, and found again on the way back, with the row.
    await nurlan.part('filters-open').click();
    await nurlan.part('filter-operator').fill(OPERATOR);
    await nurlan.part('filter-operator').press('Tab');
    await page.waitForURL(/operator=desk-bet/);
    await page.locator('[data-testid=queue-row]').nth(2).waitFor();
    await lookAtDesk(page, 'console-queue');
    await page.getByTestId('filter-operator').blur();
    await pressOnRussianLayout(page, 'KeyJ', 'о');
    await pressOnRussianLayout(page, 'KeyJ', 'о');
    await pressOnRussianLayout(page, 'KeyJ', 'о');
    await pressOnRussianLayout(page, 'KeyK', 'л');
    const marked = await page.locator('[data-testid=queue-row][aria-current=true]').getAttribute('data-case');
    assert.equal(marked, await rows.nth(1).getAttribute('data-case'), 'down, down, down, up: the second row');
    await pressOnRussianLayout(page, 'Enter', 'Enter');
    await page.locator(`[data-testid=case][data-case="${marked}"]`).waitFor();
    await page.goBack();
    await page.locator(`[data-testid=queue-row][data-case="${marked}"][aria-current=true]`).waitFor();
    assert.equal(await nurlan.part('filter-operator').inputValue(), OPERATOR);

    // The whole row leads to the case; from there to the next one, and back to the filtered list by Esc.
    // Where the operator's name stands; what lies there is the one link of the row.
    await rows.first().locator('td').nth(4).click({ force: true });
    await nurlan.part('case').waitFor();
    const first = await nurlan.part('case').getAttribute('data-case');
    await nurlan.part('case-next').click();
    await page.locator(`[data-testid=case]:not([data-case="${first}"])`).waitFor();
    await pressOnRussianLayout(page, 'KeyP', 'з');
    await page.locator(`[data-testid=case][data-case="${first}"]`).waitFor();
    await pressOnRussianLayout(page, 'Slash', ',');
    assert.equal(await nurlan.part('keys-sheet').isVisible(), false, 'a comma is no question');
    await nurlan.part('keys-open').click();
    await nurlan.part('keys-sheet').waitFor();
    await lookAtDesk(page, 'console-keys');
    await page.keyboard.press('Escape');
    await nurlan.part('keys-sheet').waitFor({ state: 'hidden' });

    // Taken, concluded by keys alone, and on to the next case of the list.
    await pressOnRussianLayout(page, 'KeyT', 'е');
    await nurlan.part('decide').waitFor();
    await pressOnRussianLayout(page, 'Digit3', '3');
    assert.ok(await nurlan.part('conclude-cannot_tell').isChecked());
    await nurlan.part('decide-next').click();
    await page.locator(`[data-testid=case]:not([data-case="${first}"])`).waitFor();
    await pressOnRussianLayout(page, 'Escape', 'Escape');
    await page.waitForURL(/operator=desk-bet/);
    await page.locator(`[data-testid=queue-row][data-case="${first}"]`).waitFor({ state: 'detached' });

    // Who is looked for: a slip is said before anything is sent, and nobody found leaves the window open.
    await nurlan.part('find-open').click();
    await nurlan.part('find-iin').fill('900101300018');
    await nurlan.part('find-go').click();
    await nurlan.part('find-iin-fault').getByText('контрольная').waitFor();
    await nurlan.part('find-why-fault').getByText('причину').waitFor();
    await nurlan.part('find-iin').fill('900101300017');
    await page.locator('dialog [data-testid=why]').fill('Обращение игрока');
    await nurlan.part('find-go').click();
    await nurlan.part('find-none').getByText('нет').waitFor();
    assert.equal(await nurlan.part('find-iin').inputValue(), '900101300017', 'what was typed stays');
    await page.keyboard.press('Escape');

    // What is not there is said, in whatever way it is not.
    for (const id of ['0199d6a0-7c1e-7000-8000-000000000001', 'nonsense']) {
      await page.goto(`${process.env.RASTAU_URL}/console/#case=${id}`);
      await nurlan.part('case-unknown').waitFor();
    }
    await lookAtDesk(page, 'console-case-unknown');

    // A line that is lost is told, and told no more when it is back.
    await page.goto(`${process.env.RASTAU_URL}/console/#queue?operator=${OPERATOR}`);
    await nurlan.part('queue-row').first().waitFor();
    assert.equal(await nurlan.part('lost').isVisible(), false);
    await page.context().setOffline(true);
    await nurlan.part('lost').getByText('Не обновлялось с').waitFor();
    await lookAtDesk(page, 'console-lost');
    await page.context().setOffline(false);
    await nurlan.part('lost').waitFor({ state: 'hidden' });
  }));

test('a contested case begins with the words of the player and the record of the source', () =>
  withStaff({ login: 'aliya', roles: ['reviewer'] }, (aliya) =>
    withStaff({ login: 'bekzat', roles: ['supervisor'] }, async (bekzat) => {
      const { page } = aliya;
      await makeCases(process.env.RASTAU_URL, CONTESTED, 0);
      await aliya.join();
      await bekzat.join();
      await page.goto(`${process.env.RASTAU_URL}/console/#queue?reason=restricted_debtor&operator=${CONTESTED}&status=open`);
      await aliya.part('queue-row').last().getByRole('link').click();
      await aliya.part('take').click();
      await aliya.part('decide').waitFor();
      await aliya.part('open-evidence').click();
      await aliya.part('why-fault').getByText('причину').waitFor();
      await aliya.part('why').fill('Обращение игрока');
      await aliya.part('open-evidence').click();
      await aliya.part('statement').getByText(STATEMENT).waitFor();
      await aliya.part('record').first().waitFor();
      assert.equal(await aliya.part('faces').count(), 0, 'there was no camera');
      const [words, measured] = await Promise.all(['statement', 'measured'].map((part) => aliya.part(part).boundingBox()));
      assert.ok(words.y < measured.y && words.y < 700, `the words stand on top: ${words.y}`);
      await lookAtDesk(page, 'console-contested');
      for (const locale of ['kk', 'en', 'ru']) {
        await chooseLocale(page, locale);
        await lookAtDesk(page, `console-contested.${locale}`);
      }
      await page.setViewportSize(PHONE);
      await look(page, 'console-contested-phone');
      await page.setViewportSize(TABLET);
      await look(page, 'console-contested-tablet', { usual: TABLET, wide: TABLET, called: 'tablet' });
      await page.setViewportSize({ width: 1280, height: 900 });

      // Handed over by name.
      await aliya.part('hand-over').click();
      await page.locator('[data-testid=hand-to][data-login=bekzat]').click();
      await aliya.part('decide').waitFor({ state: 'detached' });
      await page.getByTestId('case').getByText('bekzat').waitFor();
    }),
  ));
