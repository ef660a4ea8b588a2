/** A code in halves, as people read it out. */
export function spoken(code: string): string {
  const half = Math.ceil(code.length / 2);
  return `${code.slice(0, half)}\u00a0${code.slice(half)}`;
}
