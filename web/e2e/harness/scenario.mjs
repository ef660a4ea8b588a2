const CONSENT = '2026-11';

/**
 * Goes through the gate as one of the sandbox's scenarios, without a browser; the address that it sends the player back to.
 * @param {{ reason: string, statement: string }} [contest] what the player says is wrong before they go back
 */
export async function playScenario(origin, address, iin, contest) {
  const arrived = await fetch(address, { redirect: 'manual' });
  const cookie = arrived.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  const { visit } = await (await fetch(`${origin}/api/player/verification`, { headers: { cookie } })).json();
  const post = async (step, body) => {
    const headers = { cookie, origin, 'content-type': 'application/json', 'rastau-visit': visit };
    const answer = await fetch(`${origin}/api/player/${step}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${step}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  await post('consent', { accepted: true, version: CONSENT });
  await post('identify', { iin });
  const view = await post('captures/pretend', {});
  if (view.stage !== 'decided') {
    await post('contact/pretend', {});
    await post('second-factor/pretend', {});
  }
  if (contest) await post('contest', contest);
  const back = await fetch(`${origin}/api/player/return?visit=${visit}`, { redirect: 'manual', headers: { cookie } });
  return new URL(back.headers.get('location'), origin).href;
}

/** The IIN of a scenario, by its code. */
export async function scenario(origin, code) {
  const answer = await fetch(`${origin}/api/sandbox/scenarios`);
  const listed = await answer.json();
  return listed.find((one) => one.code === code).iin;
}
