/** What cues of liveness see, as codes say it; the words are `finding.CODE`. */
export const FINDINGS = [
  'flat',
  'loop',
  'seen_before',
  'virtual_camera',
  'other_lights',
  'light_everywhere',
  'no_light',
  'daylight',
  'lights_refused',
  'answered_too_early',
  'not_answered',
  'answered_otherwise',
  'answered_mirrored',
  'face_changed',
  'other_shape',
  'rigid',
  'played',
  'cut',
  'even_cadence',
  'clock_astray',
] as const;

export type Finding = (typeof FINDINGS)[number];

/** What honest people do in haste or on a poor line, too: no sign of an attack by itself. */
const SLIPS: readonly string[] = ['daylight', 'lights_refused', 'not_answered', 'answered_otherwise', 'answered_mirrored', 'clock_astray'];

export const isSlip = (code: string): boolean => SLIPS.includes(code);
