/** The codes as a text file that still says, years later, what it is. */
export function recoveryText(title: string, note: string, codes: readonly string[]): string {
  return [title, note, '', ...codes, ''].join('\n');
}

export function download(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
