import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addPerson } from '../harness/people.mjs';
import { withPlayer } from '../harness/player.mjs';
import { lookAtDesk, replay, verifyBundle, withStaff } from '../harness/staff.mjs';
import { refusal } from '../harness/watch.mjs';

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
        await erlan.part('hold').click();
        await erlan.explain('Жалоба игрока');
        await erlan.part('held').waitFor();
        await dana.part('held').waitFor();
        assert.ok(await dana.part('ask-erase').isDisabled());
        await erlan.part('hold').click();
        await erlan.explain('Жалоба рассмотрена');
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
