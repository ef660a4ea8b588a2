/** Calls `draw` whenever the page turns dark or light; returns what ends that. */
export function onTheme(draw: () => void): () => void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', draw);
  return () => dark.removeEventListener('change', draw);
}

/** A colour of the page, as `--brand`, as it is where `element` stands. */
export const colourAt = (element: Element) => {
  const style = getComputedStyle(element);
  return (name: string): string => style.getPropertyValue(name).trim();
};
