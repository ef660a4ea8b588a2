import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PHONE } from '../harness/chromium.mjs';
import { chooseLocale, look } from '../harness/look.mjs';
import { lookAtDesk, withInvited, withStaff } from '../harness/staff.mjs';

test('who joins counts once another than who asked has typed the code that they see', () =>
  withStaff({ login: 'zhanna', roles: ['administrator'] }, (zhanna) =>
    withStaff({ login: 'timur', roles: ['supervisor'] }, async (timur) => {
      await zhanna.join();
      await timur.join();
      await zhanna.part('to-staff').click();
      await zhanna.part('new-login').fill('ainur');
      await zhanna.part('new-name').fill('Айнұр');
      await zhanna.part('role-auditor').check();
      await zhanna.part('invite-go').click();
      await zhanna.part('invited').waitFor();
      const link = await zhanna.part('invited').locator('.mono').textContent();
      await withInvited({ login: 'ainur', link }, async (ainur) => {
        await ainur.comeIn();
        await ainur.part('unconfirmed').waitFor();
        assert.equal(await ainur.part('to-proposals').count(), 0, 'there is nothing to go to');
        const code = await ainur.code();
        await lookAtDesk(ainur.page, 'console-unconfirmed');
        await ainur.page.setViewportSize(PHONE);
        await look(ainur.page, 'console-unconfirmed-phone');
        await chooseLocale(ainur.page, 'kk');
        await lookAtDesk(ainur.page, 'console-unconfirmed.kk');

        await zhanna.part('to-proposals').click();
        await zhanna.page.locator('[data-testid=unconfirmed-member][data-login=ainur]').waitFor();
        await lookAtDesk(zhanna.page, 'console-confirm-own');
        const own = zhanna.page.locator('[data-testid=unconfirmed-member][data-login=ainur]');
        assert.equal(await own.getByTestId('confirm-code').count(), 0, 'whoever asked does not confirm');

        await timur.part('to-proposals').click();
        await timur.page.locator('[data-testid=unconfirmed-member][data-login=ainur]').waitFor();
        await lookAtDesk(timur.page, 'console-confirm');
        await timur.confirm('ainur', code);
        await timur.part('confirmed').waitFor();
        await ainur.part('unconfirmed').waitFor({ state: 'detached' });
        await ainur.part('to-proposals').waitFor();
      });
    }),
  ));
