import { expect, test } from 'vitest';
import { wantedOf } from './wanted';

test('who says yes to an operator reads all that is asked for', () => {
  const credential = { keys: { published: 'https://bet.example/jwks' } };
  const operator = { id: 'new-bet', name: 'New', redirect_uris: ['https://a.example/', 'https://b.example/'], credential, scopes: 'play', contact: null };
  expect(wantedOf({ kind: 'add_operator', operator })).toEqual([
    ['name', 'New'],
    ['redirect_uris', 'https://a.example/\nhttps://b.example/'],
    ['authentication', JSON.stringify(credential)],
    ['scopes', 'play'],
  ]);
  expect(wantedOf({ kind: 'change_operator', operator: 'demo-bet', change: { scopes: '', requests_per_second: 7 } })).toEqual([
    ['scopes', ''],
    ['requests_per_second', '7'],
  ]);
  expect(wantedOf({ kind: 'set_webhook', operator: 'demo-bet', url: 'https://bet.example/in' })).toEqual([['url', 'https://bet.example/in']]);
  expect(wantedOf({ kind: 'release_version', source: 'debtors', version: 3 })).toEqual([]);
});
