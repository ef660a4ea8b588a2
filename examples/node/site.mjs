// The site in the browser: Play in a window of its own or in this one, and the callback page. `make web` builds the client.
import { RastauClient } from './rastau-client.mjs';

const rastau = new RastauClient({ begin: '/play', finish: '/finish' });
const form = document.querySelector('form');
const SENTENCES = { closed: 'You closed the window.', timeout: 'That took too long.', elsewhere: 'See the other window.' };

if (document.querySelector('main').dataset.waits === 'true') await run(comeBack);
form.querySelector('[value=popup]').hidden = false;
form.addEventListener('submit', (event) => {
  event.preventDefault();
  // No await before this: the window opens in the click.
  run(() => (event.submitter.value === 'popup' ? rastau.popup() : rastau.redirect()));
});

// Back from Rastau by the browser's own button: a new start.
window.addEventListener('pageshow', ({ persisted }) => persisted && location.reload());

async function comeBack() {
  const arrival = await rastau.callback();
  return arrival.to === 'here' ? arrival.answer : { title: 'Done', text: 'You can close this window.' };
}

async function run(visit) {
  show({ title: 'One moment', text: '' });
  form.hidden = true;
  try {
    show(await visit());
  } catch (error) {
    show({ title: 'You are not in', text: SENTENCES[error.code] ?? `Please try again (${error.code}).` });
  }
  form.hidden = false;
}

function show({ title, text }) {
  document.querySelector('h1').textContent = title;
  document.querySelector('[role=status]').textContent = text;
}
