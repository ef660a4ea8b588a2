import { describe, expect, test } from 'vitest';
import { placeOf } from './place';
import { addressOf, filtersSet, viewOf } from './queue-address';

const read = (hash: string) => {
  const place = placeOf(hash);
  if (place.page !== 'queue') throw new Error(place.page);
  return viewOf(place.asked);
};

describe('the address of the queue', () => {
  test('keeps filter, pages and row, and gives them back', () => {
    const view = {
      filter: {
        status: 'proposed',
        holder: 'me',
        risk: 'high',
        reason: 'face_doubtful',
        operator: 'demo-bet',
        finding: 'flat',
        from: '2026-11-01',
        until: '2026-11-30',
        device: 'ab12',
      },
      pages: 3,
      at: '0199d6a0-7c1e-7000-8000-000000000001',
    } as const;
    expect(read(addressOf(view))).toEqual(view);
  });

  test('says nothing of what goes without saying', () => {
    expect(addressOf(read('#queue'))).toBe('#queue');
    expect(addressOf(read('#queue?reason=face_mismatch'))).toBe('#queue?reason=face_mismatch');
    expect(read('').filter.status).toBe('open');
  });

  test('shows all cases of a reason, unless a status is said', () => {
    expect(read('#queue?reason=face_mismatch').filter.status).toBe('');
    expect(read('#queue?reason=face_mismatch&status=open').filter.status).toBe('open');
    const open = read('#queue?reason=face_mismatch&status=open');
    expect(read(addressOf(open))).toEqual(open);
    const all = { ...read('#queue'), filter: { ...read('#queue').filter, status: '' as const } };
    expect(addressOf(all)).toBe('#queue?status=all');
    expect(read('#queue?status=all').filter.status).toBe('');
  });

  test('leaves out what nobody could have meant', () => {
    const { filter, pages } = read('#queue?status=closed&risk=huge&holder=you&pages=-4');
    expect([filter.status, filter.risk, filter.holder, pages]).toEqual(['open', '', '', 1]);
    expect(read('#queue?pages=9999').pages).toBe(20);
  });

  test('counts filters besides the status', () => {
    expect(filtersSet(read('#queue?status=decided').filter)).toBe(0);
    expect(filtersSet(read('#queue?reason=x&risk=low').filter)).toBe(2);
  });
});

test('every address leads to a place', () => {
  expect(placeOf('#case=0199d6a0-7c1e-7000-8000-000000000001')).toEqual({ page: 'case', id: '0199d6a0-7c1e-7000-8000-000000000001' });
  expect(placeOf('#case=nonsense')).toEqual({ page: 'case', id: 'nonsense' });
  expect(placeOf('#staff')).toEqual({ page: 'staff' });
  expect(placeOf('#nothing')).toEqual({ page: 'queue', asked: {} });
});
