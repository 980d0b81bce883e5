/** Search and the selected time → one event that the tables and cards listen to. */
const tools = document.querySelector('[data-tools]');
const state = { words: [], from: -Infinity, to: Infinity };

const label = document.createElement('label');
label.textContent = 'Search ';
const input = document.createElement('input');
input.type = 'search';
input.placeholder = 'address, comment, object…';
input.setAttribute('aria-keyshortcuts', '/');
label.append(input);
const status = document.createElement('output');
status.className = 'status';
tools.append(label, status);
tools.hidden = false;

input.addEventListener('input', () => {
  state.words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  apply();
});
document.addEventListener('flowhound:window', ({ detail }) => {
  state.from = detail.from;
  state.to = detail.to;
  apply();
});
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || event.target.matches('input')) return;
  event.preventDefault();
  input.focus();
});

const cards = [...document.querySelectorAll('[data-search]')].map((card) => {
  const [first, last] = card.dataset.times.split(' ').map((time) => Date.parse(time) / 1000);
  return { card, text: card.textContent.toLowerCase(), first, last };
});

function apply() {
  const counts = { shown: 0, all: 0 };
  for (const { card, text, first, last } of cards) {
    // What has no time cannot be outside the selected one.
    const isWithin = !(last < state.from || first >= state.to);
    card.hidden = !(isWithin && state.words.every((word) => text.includes(word)));
  }
  document.dispatchEvent(new CustomEvent('flowhound:filter', { detail: { ...state, counts } }));
  const isAll = state.words.length === 0 && state.from === -Infinity;
  const shown = cards.filter(({ card }) => !card.hidden).length;
  const found = `${shown} of ${cards.length} findings, ${counts.shown.toLocaleString('en')} of ${counts.all.toLocaleString('en')} rows`;
  status.textContent = isAll ? '' : found;
}
