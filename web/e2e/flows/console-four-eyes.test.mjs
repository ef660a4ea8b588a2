import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAuthenticator } from '../harness/authenticator.mjs';
import { chooseLocale } from '../harness/look.mjs';
import { addPerson } from '../harness/people.mjs';
import { withPlayer } from '../harness/player.mjs';
import { lookAtDesk, replay, verifyBundle, withStaff } from '../harness/staff.mjs';
import { refusal } from '../harness/watch.mjs';

test('two of the staff look at a refused face and let the person go straight on, to a token', () =>
  withStaff({ login: 'asel', roles: ['reviewer'] }, (asel) =>
    withStaff({ login: 'baurzhan', roles: ['supervisor'] }, (baurzhan) =>
      withPlayer({ face: 'colleague' }, async (player) => {
        await addAuthenticator(player.page);
        const iin = await addPerson(player.origin, { face: 'astronaut', birthDate: '1985-02-03' });
        await player.comeToFace(iin);
        for (const expected of ['retry', 'retry', 'decided']) assert.equal(await player.showFace(), expected);
        assert.equal(await player.outcome(), 'refused');

        await lookAtDesk(asel.page, 'console-join');
        await asel.join();
        await baurzhan.join();
        await asel.signOut();
        await lookAtDesk(asel.page, 'console-sign-in');
        await asel.signIn();

        // Found by the person's IIN; that somebody looked is in the log.
        await asel.part('find-open').click();
        await asel.part('find-iin').fill(iin);
        await asel.page.locator('dialog [data-testid=why]').fill('Обращение игрока');
        await asel.part('find-go').click();
        await asel.part('queue-row').first().waitFor();
        assert.equal(await asel.part('queue-row').count(), 3, 'each attempt is a case');
        await lookAtDesk(asel.page, 'console-found');
        await asel.part('queue-row').first().getByRole('link').click();
        await asel.part('take').click();
        await asel.part('decide').waitFor();
        await asel.openEvidence('Рассмотрение дела');
        assert.equal(await asel.part('iin').textContent(), iin);
        await asel.part('picture-id-photo').waitFor();
        await asel.part('picture-frame').waitFor();
        await lookAtDesk(asel.page, 'console-case');
        await asel.part('overlay').click();
        await asel.part('overlay-share').fill('40');
        await lookAtDesk(asel.page, 'console-overlay');
        await asel.part('conclude-rightful_person').check();
        await asel.part('internal').fill('Не для игрока');
        await asel.part('decide-go').click();
        await asel.inState('proposed');
        assert.equal(await asel.part('settle-yes').count(), 0, 'who decides does not approve');
        assert.equal(await player.outcome(), 'refused', 'one is not enough');

        await baurzhan.openCase('proposed');
        assert.ok(await baurzhan.part('settle-yes').isDisabled(), 'nobody says yes to what they have not seen');
        await baurzhan.openEvidence('Второй взгляд');
        await lookAtDesk(baurzhan.page, 'console-settle');
        await chooseLocale(baurzhan.page, 'kk');
        await lookAtDesk(baurzhan.page, 'console-settle.kk');
        await baurzhan.part('settle-yes').click();
        await baurzhan.inState('decided');

        // The page that the player left open goes on by itself.
        await player.onPage('second_factor');
        assert.ok(!(await player.page.content()).includes('Не для игрока'));
        await player.makePasskey();
        await player.saveRecoveryCodes();
        assert.equal(await player.outcome(), 'approved');
        assert.equal(await player.returnToOperator(), 'token');
        await asel.inState('decided');

        // And stands in the figures, each of which leads to its cases.
        await baurzhan.part('to-overview').click();
        await baurzhan.part('overview').waitFor();
        await baurzhan.part('as-table').click();
        await lookAtDesk(baurzhan.page, 'console-overview');
        await baurzhan.part('reason-face_mismatch').click();
        await baurzhan.part('queue-row').first().waitFor();
        assert.equal(await baurzhan.part('filter-reason').inputValue(), 'face_mismatch');
      }),
    ),
  ));

test('a failed capture is looked at frame by frame, handed on by two and checked offline, then erased by two', () =>
  withStaff({ login: 'dana', roles: ['reviewer'] }, (dana) =>
    withStaff({ login: 'erlan', roles: ['supervisor'], expected: [refusal(409)] }, (erlan) =>
      withPlayer({ face: 'colleague' }, async (player) => {
        const iin = await addPerson(player.origin, { face: 'astronaut', birthDate: '1986-03-04' });
        await player.comeToFace(iin);
        for (const expected of ['retry', 'retry', 'decided']) assert.equal(await player.showFace(), expected);
        await dana.join();
        await erlan.join();
        await dana.find(iin, 'Рассмотрение дела');
        const id = await dana.part('queue-row').first().getAttribute('data-case');
        await dana.part('queue-row').first().getByRole('link').click();
        await dana.openEvidence('Рассмотрение дела');

        // Frame by frame, with what was asked and what was seen.
        await dana.part('open-capture').click();
        await dana.part('chosen-frame').waitFor();
        const frames = await dana.part('key-frame').count();
        assert.ok(frames >= 8, `${frames} key frames`);
        await dana.part('key-frame').nth(3).click();
        await dana.part('key-frame').last().locator('img').waitFor();
        await lookAtDesk(dana.page, 'console-capture');
        await dana.part('open-trail').click();
        await dana.part('trail-proven').waitFor();
        const kinds = await dana.part('trail-event').evaluateAll((events) => events.map((one) => one.dataset.kind));
        for (const kind of ['case_opened', 'case_viewed', 'face_judged']) assert.ok(kinds.includes(kind), `${kind} in ${kinds}`);

        // One asks, another allows, and who asked takes it out.
        await dana.ask('export', 'Запрос суда');
        await erlan.openProposal(id);
        await lookAtDesk(erlan.page, 'console-proposals');
        await erlan.allow(id);
        await erlan.page.locator(`[data-testid=proposal][data-subject="${id}"][data-state=allowed]`).waitFor();
        assert.equal(await erlan.part('fetch-bundle').count(), 0, 'who allows does not take it out');
        const handed = await dana.fetchBundle();
        const keys = await (await fetch(new URL('/oauth2/jwks', player.origin))).text();
        const verified = await verifyBundle(handed, keys);
        assert.equal(verified.case, id);
        assert.ok(verified.holds && verified.trusted_keys && verified.pictures === frames && verified.erased_at === null);
        assert.deepEqual(await replay(id), { same: true, code: 0 });

        // Held by the supervisor it is not erased; then it is, by two.
        await erlan.page.goto(`${erlan.page.url().split('#')[0]}#case=${id}`);
        await erlan.part('measure-why').fill('Жалоба игрока');
        await erlan.part('hold').click();
        await erlan.part('held').waitFor();
        await dana.part('held').waitFor();
        assert.ok(await dana.part('ask-erase').isDisabled());
        await erlan.part('measure-why').fill('Жалоба рассмотрена');
        await erlan.part('hold').click();
        await erlan.part('held').waitFor({ state: 'detached' });
        await dana.part('held').waitFor({ state: 'detached' });
        await dana.ask('erase', 'Просьба игрока');
        await erlan.allow(id);
        await erlan.page.locator(`[data-testid=proposal][data-kind=erase_evidence][data-subject="${id}"][data-state=done]`).waitFor();
        await dana.part('erased').waitFor();
        assert.equal(await dana.part('picture-frame').count(), 0, 'the page that was open shows it no longer');
        await lookAtDesk(dana.page, 'console-erased');
        const told = await replay(id);
        assert.equal(told.code, 3);
        assert.match(told.why, /the key was destroyed/);
        await dana.ask('export', 'Доказательство уничтожения');
        await erlan.allow(id);
        const after = await verifyBundle(await dana.fetchBundle(), keys);
        assert.ok(after.holds && after.erased_at !== null && after.pictures === 0 && after.evidence === verified.evidence);
        assert.ok((await verifyBundle(handed, keys)).holds, 'what was handed on before still verifies');
      }),
    ),
  ));

test('operators, sources and keys are looked after, and who decides is made by two', () =>
  withStaff({ login: 'farida', roles: ['administrator', 'operator_manager'] }, (farida) =>
    withStaff({ login: 'galym', roles: ['supervisor'] }, async (galym) => {
      await farida.join();
      await galym.join();
      await farida.part('to-settings').click();
      await farida.part('keys').waitFor();
      await farida.part('operator').first().waitFor();
      await farida.part('source').first().waitFor();
      await farida.part('add-operator').click();
      await farida.part('operator-id').fill('bet-console');
      await farida.part('operator-name').fill('Console Bet');
      await farida.part('operator-uris').fill('https://bet.example/callback');
      await farida.part('operator-auth').selectOption('client_secret_basic');
      await lookAtDesk(farida.page, 'console-settings');
      await farida.part('operator-save').click();
      await farida.part('secret').waitFor();
      const row = farida.page.locator('[data-testid=operator][data-operator=bet-console]');
      await row.getByTestId('edit').click();
      await farida.part('operator-name').fill('Console Bet, renamed');
      await farida.part('operator-save').click();
      await row.getByText('Console Bet, renamed').waitFor();
      await row.getByTestId('switch').click();
      await farida.page.locator('[data-testid=operator][data-operator=bet-console].stopped').waitFor();
      await farida.part('to-staff').click();
      await farida.part('new-login').fill('madina');
      await farida.part('new-name').fill('Мадина');
      await farida.part('role-reviewer').check();
      assert.ok(await farida.part('invite-go').isDisabled(), 'it wants a why');
      await farida.part('staff-why').fill('Новый сотрудник');
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
    await gulnar.page.locator('[data-testid=member][data-login=dinara].stopped').waitFor();
    await lookAtDesk(gulnar.page, 'console-staff-invited');
  }));
