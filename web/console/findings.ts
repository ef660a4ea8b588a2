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
