import { expect, test } from 'vitest';
import { FINDINGS, isSlip } from './findings';

test('what honest people do in haste is not counted among the signs of an attack', () => {
  expect(FINDINGS.filter(isSlip)).toEqual(expect.arrayContaining(['daylight', 'lights_refused', 'not_answered', 'answered_otherwise', 'clock_astray']));
  for (const sign of ['flat', 'loop', 'seen_before', 'virtual_camera', 'other_lights', 'face_changed', 'rigid', 'cut'])
    expect([sign, isSlip(sign)]).toEqual([sign, false]);
});
