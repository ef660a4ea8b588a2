import './docs.css';

/** Code is there to be taken along: each block gets a button that copies it. */
for (const block of document.querySelectorAll('.code')) {
  const code = block.querySelector('code')?.textContent ?? '';
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'button compact copy';
  button.setAttribute('aria-live', 'polite');
  button.textContent = 'Copy';
  button.addEventListener('click', () => void copy(code, button));
  block.append(button);
}

async function copy(code: string, button: HTMLButtonElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(code);
  } catch {
    return; // no clipboard without a secure context: the code can be selected
  }
  button.textContent = 'Copied';
  setTimeout(() => (button.textContent = 'Copy'), 2500);
}

// Beside the text there is room for the list; above it, on a phone, it would push the text away.
const list = document.querySelector<HTMLDetailsElement>('details.contents');
const wide = matchMedia('(min-width: 64rem)');
const fold = (): void => {
  if (list) list.open = wide.matches;
};
fold();
wide.addEventListener('change', fold);
