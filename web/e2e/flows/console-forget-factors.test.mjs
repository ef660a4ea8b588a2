import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAuthenticator } from '../harness/authenticator.mjs';
import { lookInEachLanguage } from '../harness/look.mjs';
import { addPerson } from '../harness/people.mjs';
import { withPlayer } from '../harness/player.mjs';
import { lookAtDesk, withStaff } from '../harness/staff.mjs';

const CHECK = 'Удостоверение личности показано по видеосвязи, фото совпадает';

test('two of the staff forget the factors of a person who lost them, and the person makes one anew', () =>
  withStaff({ login: 'saule', roles: ['reviewer'] }, (saule) =>
    withStaff({ login: 'marat', roles: ['supervisor'] }, (marat) =>
      withPlayer({ face: 'astronaut' }, async (player) => {
        await addAuthenticator(player.page);
        const iin = await addPerson(player.origin, { face: 'astronaut', birthDate: '1987-04-05' });
        await player.comeToSecondFactor(iin);
        await player.makePasskey();
        await player.saveRecoveryCodes();
        assert.equal(await player.outcome(), 'approved');
        // At the next visit nothing of it is at hand; the face alone changes nothing.
        await player.comeToSecondFactor(iin);
        await player.part('lost-open').click();
        await lookInEachLanguage(player.page, 'lost-factors');
        await player.part('lost-back').click();
        await player.part('lost-open').click();
        await player.part('lost-report').click();
        assert.equal(await player.outcome(), 'under_review');
        assert.deepEqual(await player.reasons(), ['factors_lost']);
        await lookInEachLanguage(player.page, 'outcome-lost-factors');

        await saule.join();
        await marat.join();
        await saule.find(iin, 'Обращение игрока');
        const id = await saule.part('queue-row').first().getAttribute('data-case');
        await saule.part('queue-row').first().getByRole('link').click();
        await saule.part('open-forget-factors').click();
        await saule.part('give-why').fill('Телефон украден');
        assert.ok(await saule.part('give-go').isDisabled(), 'nothing is asked for without a check');
        await saule.part('identity-check-text').fill(CHECK);
        await lookAtDesk(saule.page, 'console-forgetting');
        await saule.part('give-go').click();
        await saule.page.locator(`[data-testid=proposal][data-kind=forget_factors][data-state=waiting]`).waitFor();
        assert.equal(await saule.part('proposal-yes').count(), 0, 'one is not two');

        await marat.openProposal(id);
        await marat.part('identity-check').getByText(CHECK).waitFor();
        await lookAtDesk(marat.page, 'console-forget-proposal');
        await marat.allow(id);
        await marat.page.locator(`[data-testid=proposal][data-kind=forget_factors][data-subject="${id}"][data-state=done]`).waitFor();

        await player.comeToSecondFactor(iin);
        await player.makePasskey();
        await player.saveRecoveryCodes();
        assert.equal(await player.outcome(), 'approved');
      }),
    ),
  ));
