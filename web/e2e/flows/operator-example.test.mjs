import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goesThrough, newOperator, playScenario, pythonOperator, rustOperator, scenario } from '../harness/operator.mjs';

const origin = process.env.RASTAU_URL;
const PATIENCE_MS = 5_000;

test('an operator with the usual libraries gets tokens, checks, renews and gives them back', async () => {
  const approved = await scenario(origin, 'approved');
  for (const algorithm of ['ES256', 'EdDSA', 'PS256']) {
    const operator = await newOperator(origin, `example-${algorithm.toLowerCase()}`, { algorithm });
    const { address, visit } = await operator.begin({ ui_locales: 'kk' });
    const first = await operator.finish(await playScenario(origin, address, approved), visit);
    assert.equal(first.token_type, 'dpop');
    const claims = await operator.verify(first.access_token);
    assert.equal(claims.sandbox, true);
    assert.equal(claims.scope, 'play');
    assert.equal(await operator.hasEnded(claims), false);
    assert.equal((await operator.introspect(first.access_token)).active, true);

    const second = await operator.renew(first.refresh_token);
    const renewed = await operator.verify(second.access_token);
    assert.equal(renewed.sub, claims.sub);
    assert.notEqual(renewed.jti, claims.jti);

    await operator.giveBack(second.refresh_token);
    for (const token of [first.access_token, second.access_token]) assert.equal((await operator.introspect(token)).active, false);
    await until(() => operator.hasEnded(renewed));
    await assert.rejects(operator.renew(second.refresh_token), { error: 'invalid_grant' });
  }
});

test('a lost answer costs nothing, and a refresh token that comes back later ends everything', async () => {
  const operator = await newOperator(origin, 'example-replayed');
  const { address, visit } = await operator.begin();
  const first = await operator.finish(await playScenario(origin, address, await scenario(origin, 'approved')), visit);
  await operator.renew(first.refresh_token);
  const second = await operator.renew(first.refresh_token);
  const third = await operator.renew(second.refresh_token);
  await assert.rejects(operator.renew(first.refresh_token), { error: 'invalid_grant' });
  assert.equal((await operator.introspect(third.access_token)).active, false);
});

test('of a no the operator learns that it is one', async () => {
  const operator = await newOperator(origin, 'example-denied');
  for (const code of ['under_21', 'debtor', 'face_mismatch']) {
    const { address, visit } = await operator.begin();
    const back = await playScenario(origin, address, await scenario(origin, code));
    await assert.rejects(operator.finish(back, visit), { error: 'access_denied' });
  }
});

test('an operator with Authlib goes the whole way, too', async () => {
  const said = await goesThrough(origin, await pythonOperator(origin, 'example-authlib'));
  assert.deepEqual(said, { standing: true, renewed: true, ended: true });
});

test('an operator in Rust goes the whole way, and learns a no', async () => {
  const said = await goesThrough(origin, await rustOperator(origin, 'example-rust'));
  assert.deepEqual(said, { playing: true, standing: true, renewed: true, ended: true, listed: true });
  const denied = await goesThrough(origin, await rustOperator(origin, 'example-rust-denied'), 'debtor');
  assert.deepEqual(denied, { playing: false });
});

test('an operator in Rust takes no answer of another visit or issuer, and gets nothing for a code that is not its own', async () => {
  const changes = [
    [(back) => back.set('state', 'of-another-visit'), 'Error: the answer is of another visit\n'],
    [(back) => back.set('iss', 'https://evil.example'), 'Error: the answer is of another issuer (RFC 9207)\n'],
    [(back) => back.delete('iss'), 'Error: the answer is of another issuer (RFC 9207)\n'],
    [(back) => back.set('code', 'of-another-visit'), 'Error: the service refused: invalid_grant\n'],
  ];
  for (const [index, [change, error]] of changes.entries()) {
    const child = await rustOperator(origin, `example-rust-changed-${index}`);
    await assert.rejects(goesThrough(origin, child, 'approved', change), { message: error });
  }
});

/** The promise is kept within seconds. */
async function until(holds) {
  const end = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    assert.ok(Date.now() < end, 'it took longer than 5 seconds');
    await new Promise((next) => setTimeout(next, 250));
  }
}
