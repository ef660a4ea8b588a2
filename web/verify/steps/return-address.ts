/** The operator's address, if it is one that a browser may be sent to: never a script or a file. */
export function returnAddress(url: string): string | null {
  try {
    const { protocol, href } = new URL(url);
    return protocol === 'https:' || protocol === 'http:' ? href : null;
  } catch {
    return null;
  }
}
