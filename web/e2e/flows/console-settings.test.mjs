import assert from 'node:assert/strict';
import { test } from 'node:test';
import { look } from '../harness/look.mjs';
import { lookAtDesk, withStaff } from '../harness/staff.mjs';
import { refusal } from '../harness/watch.mjs';

/** What was typed meanwhile must stay. */
const answerLate = async (route) => {
  await new Promise((done) => setTimeout(done, 400));
  await route.continue();
};

test('operators, sources and keys are looked after, and who decides is made by two', () =>
  withStaff({ login: 'farida', roles: ['administrator', 'operator_manager'], expected: [refusal(404)] }, (farida) =>
    withStaff({ login: 'galym', roles: ['supervisor'] }, async (galym) => {
      await farida.join();
      await galym.join();
      await farida.part('to-settings').click();
      await farida.part('keys').waitFor();
      await farida.part('operator').first().waitFor();
      await farida.part('source').first().waitFor();
      const retention = farida.page.locator('[data-testid=job][data-job=retention]');
      await retention.waitFor();
      assert.match(await retention.innerText(), /\d\d:\d\d/, 'when it was done');
      await farida.part('add-operator').click();
      await farida.part('operator-save').click();
      await farida.part('operator-id-fault').getByText('3').waitFor();
      await farida.part('operator-why').fill('Договор подписан');
      await farida.part('operator-id').fill('bet-console');
      await farida.part('operator-name').fill('Console Bet');
      await farida.part('operator-uris').fill('https://bet.example/callback');
      await farida.part('operator-auth').selectOption('client_secret_basic');
      await lookAtDesk(farida.page, 'console-settings');
      await farida.page.setViewportSize({ width: 360, height: 740 });
      await look(farida.page, 'console-settings-phone');
      await farida.page.setViewportSize({ width: 1280, height: 900 });
      await farida.part('operator-save').click();
      await farida.part('asked').waitFor();
      const row = farida.page.locator('[data-testid=operator][data-operator=bet-console]');
      assert.equal(await row.count(), 0, 'one is not enough');
      await galym.openProposal('bet-console');
      await lookAtDesk(galym.page, 'console-operator-proposal');
      await galym.allow('bet-console');
      await farida.part('to-proposals').click();
      await farida.part('fetch-secret').click();
      await farida.part('secret').waitFor();
      await lookAtDesk(farida.page, 'console-operator-secret');
      await farida.part('to-settings').click();
      await row.getByTestId('edit').click();
      await farida.part('operator-why').fill('Новое название');
      await farida.part('operator-name').fill('Console Bet, renamed');
      await farida.part('operator-save').click();
      await farida.part('asked').waitFor();
      await galym.allow('bet-console');
      await farida.page.reload();
      await row.getByText('Console Bet, renamed').waitFor();
      await farida.page.route('**/operators/bet-console/webhook', answerLate, { times: 1 });
      const looked = farida.page.waitForResponse('**/operators/bet-console/webhook');
      await row.getByTestId('hook').click();
      await farida.part('webhook-why').fill('Новый приёмник');
      await farida.part('webhook-url').fill('http://127.0.0.1:9/in');
      await looked;
      await farida.page.waitForTimeout(100);
      assert.equal(await farida.part('webhook-url').inputValue(), 'http://127.0.0.1:9/in');
      await farida.part('webhook-set').click();
      await farida.part('asked').waitFor();
      await galym.allow('bet-console');
      await farida.part('to-proposals').click();
      await farida.part('fetch-secret').click();
      await farida.part('secret').waitFor();
      await farida.part('to-settings').click();
      await row.getByTestId('hook').click();
      await farida.part('webhook-remove').click();
      await farida.part('act-go').click();
      await farida.part('webhook-remove').waitFor({ state: 'detached' });

      // Nothing is stopped at one press: what ends is named, and why is asked.
      await row.getByTestId('switch').click();
      await farida.part('act').waitFor();
      await lookAtDesk(farida.page, 'console-stop-operator');
      await farida.part('act-go').click();
      await farida.part('act-why-fault').getByText('причину').waitFor();
      await farida.part('act-cancel').click();
      assert.equal(await farida.page.locator('[data-testid=operator][data-operator=bet-console].stopped').count(), 0, 'who turns back has stopped nobody');
      await row.getByTestId('switch').click();
      assert.match(await farida.part('act-effect').textContent(), /действует разрешений — 0/);
      await farida.explain('Договор расторгнут');
      await farida.page.locator('[data-testid=operator][data-operator=bet-console].stopped').waitFor();
      await farida.part('to-staff').click();
      await farida.part('new-login').fill('madina');
      await farida.part('new-name').fill('Мадина');
      await farida.part('role-reviewer').check();
      await farida.part('invite-go').click();
      await farida.part('new-why-fault').getByText('причину').waitFor();
      await farida.part('new-why').fill('Новый сотрудник');
      await farida.part('invite-go').click();
      await farida.part('asked').waitFor();
      await galym.allow('madina');
      await farida.part('to-proposals').click();
      await farida.part('fetch-invitation').click();
      await farida.part('invited').waitFor();
      await lookAtDesk(farida.page, 'console-invited-by-two');
    }),
  ));

test('an administrator invites and stops staff', () =>
  withStaff({ login: 'gulnar', roles: ['administrator'] }, async (gulnar) => {
    await gulnar.join();
    await gulnar.part('to-staff').click();
    await gulnar.part('new-login').fill('dinara');
    await gulnar.part('new-name').fill('Динара');
    await gulnar.part('role-auditor').check();
    await lookAtDesk(gulnar.page, 'console-staff');
    await gulnar.part('invite-go').click();
    await gulnar.part('invited').waitFor();
    const row = gulnar.page.locator('[data-testid=member][data-login=dinara]');
    await row.getByTestId('stop').click();
    await gulnar.part('act').waitFor();
    await lookAtDesk(gulnar.page, 'console-stop-staff');
    await gulnar.explain('Больше не работает у нас');
    await gulnar.page.locator('[data-testid=member][data-login=dinara].stopped').waitFor();
    await lookAtDesk(gulnar.page, 'console-staff-invited');
    await gulnar.page.setViewportSize({ width: 360, height: 740 });
    await look(gulnar.page, 'console-staff-phone');
  }));
