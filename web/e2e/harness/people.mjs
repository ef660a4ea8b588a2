import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { photoOf } from './media.mjs';

/** A valid IIN of the sandbox that nobody has. */
export async function freeIin(origin, birthDate = '1990-01-01') {
  const answer = await fetch(new URL(`/api/sandbox/people/suggest-iin?birth_date=${birthDate}`, origin));
  assert.equal(answer.status, 200);
  return (await answer.json()).iin;
}

/** A made-up person with this face on the ID photo, so that flows do not meet each other's second factors. */
export async function addPerson(origin, { face, birthDate, contact }) {
  const iin = await freeIin(origin, birthDate);
  await join(origin, iin, readFileSync(photoOf(face)).toString('base64'), contact);
  return iin;
}

/** What a person of the sandbox was told, the newest first. */
export async function notices(origin, iin) {
  const answer = await fetch(new URL(`/api/sandbox/notices?iin=${iin}`, origin));
  assert.equal(answer.status, 200);
  return answer.json();
}

/** Puts a person into the register. @param {string} photo base64 @param {'both' | 'none'} [contact] phone and mail, or nothing; else a phone is made up */
export async function join(origin, iin, photo, contact) {
  const answer = await fetch(new URL('/api/sandbox/people', origin), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Origin: origin },
    body: JSON.stringify({ iin, name: 'Көшпенді Сынақ', photo, contact }),
  });
  assert.equal(answer.status, 201, await answer.text());
}
