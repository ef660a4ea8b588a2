// The site in the browser: Play in a window of its own or in this one, and the callback page. `make web` builds the client.
import { RastauClient } from './rastau-client.mjs';

const rastau = new RastauClient({ begin: '/play', finish: '/finish' });
const form = document.querySelector('form');
const cancel = document.querySelector('#cancel');
const SENTENCES = { aborted: 'You cancelled.', closed: 'You closed the window.', timeout: 'That took too long.', elsewhere: 'See the other window.' };

if (document.querySelector('main').dataset.waits === 'true') await run(comeBack);
form.querySelector('[value=popup]').hidden = false;
form.addEventListener('submit', (event) => {
  event.preventDefault();
  // No await before this: the window opens in the click.
  run((signal) => (event.submitter.value === 'popup' ? rastau.popup({ signal }) : rastau.redirect({ signal })));
});

// Back from Rastau by the browser's own button: a new start.
window.addEventListener('pageshow', ({ persisted }) => persisted && location.reload());

async function comeBack(signal) {
  const arrival = await rastau.callback({ signal });
  return arrival.to === 'here' ? arrival.answer : { title: 'Done', text: 'You can close this window.' };
}

async function run(visit) {
  show({ title: 'One moment', text: '' });
  const visiting = new AbortController();
  cancel.onclick = () => visiting.abort();
  form.hidden = true;
  cancel.hidden = false;
  try {
    show(await visit(visiting.signal));
  } catch (error) {
    show({ title: 'You are not in', text: SENTENCES[error.code] ?? `Please try again (${error.code}).` });
  }
  form.hidden = false;
  cancel.hidden = true;
}

function show({ title, text }) {
  document.querySelector('h1').textContent = title;
  document.querySelector('[role=status]').textContent = text;
}
