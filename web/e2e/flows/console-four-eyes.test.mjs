import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAuthenticator } from '../harness/authenticator.mjs';
import { chooseLocale } from '../harness/look.mjs';
import { addPerson } from '../harness/people.mjs';
import { withPlayer } from '../harness/player.mjs';
import { lookAtDesk, withStaff } from '../harness/staff.mjs';

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
        await asel.find(iin, 'Обращение игрока');
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
        await player.onPage('contact');
        assert.ok(!(await player.page.content()).includes('Не для игрока'));
        await player.proveContact(iin);
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
