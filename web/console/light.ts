import type { Rgb } from '../shared/api/console';

/** What the lights of the page are, as the server shows them. */
export const LIGHTS: Readonly<Record<string, string>> = {
  red: '#ff3030',
  green: '#30ff30',
  blue: '#3030ff',
  cyan: '#30ffff',
  magenta: '#ff30ff',
  yellow: '#ffff30',
};

/** Chroma of a surface, ln(R/G) and ln(B/G): what the page's colours move, and brightness does not. */
export function chroma([red, green, blue]: Rgb): readonly [number, number] {
  const under = Math.max(green, 1);
  return [Math.log(Math.max(red, 1) / under), Math.log(Math.max(blue, 1) / under)];
}
