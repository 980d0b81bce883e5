/** Tables that are searched, sorted and lengthened. Rows that are not shown are data, not elements: ten thousand cost nothing. */
const STEP = 200;

for (const table of document.querySelectorAll('[data-table]')) enhance(table);

function enhance(root) {
  const data = JSON.parse(root.querySelector('script').textContent);
  const body = root.querySelector('tbody');
  const elements = [...body.rows];
  const texts = data.rows.map((row) => row.join('\n').toLowerCase());
  const order = data.rows.map((_row, i) => i);
  const view = { order, shown: order.slice(0, data.most), words: [], from: -Infinity, to: Infinity, most: data.most };
  const foot = addFoot(root, () => {
    view.most += STEP;
    show();
  });

  function matches(i) {
    const time = data.times?.[i];
    if (data.times && view.from !== -Infinity && time && (time[1] < view.from || time[0] >= view.to)) return false;
    return view.words.every((word) => texts[i].includes(word));
  }

  function elementOf(i) {
    elements[i] ??= toRow(data.rows[i], data.kinds);
    return elements[i];
  }

  function show() {
    const found = view.order.filter(matches);
    const shown = found.slice(0, view.most);
    // Most steps of a selection change nothing in most tables, and layout is what takes time.
    if (shown.length !== view.shown.length || shown.some((row, at) => row !== view.shown[at])) {
      view.shown = shown;
      body.replaceChildren(...shown.map((i) => elementOf(i)));
    }
    foot.tell(shown.length, found.length, texts.length);
    return found.length;
  }

  addSorting(root, (column, direction) => {
    const keys = data.keys[column] ?? texts.map((_text, i) => data.rows[i][column]);
    view.order.sort((a, b) => direction * (keys[a] < keys[b] ? -1 : keys[a] > keys[b] ? 1 : 0) || a - b);
    show();
  });
  document.addEventListener('flowhound:filter', ({ detail }) => {
    Object.assign(view, { words: detail.words, from: detail.from, to: detail.to, most: data.most });
    detail.counts.shown += show();
    detail.counts.all += texts.length;
  });
  foot.tell(elements.length, texts.length, texts.length);
}

/** As `renderRow` of data-table.ts. */
function toRow(texts, kinds) {
  const row = document.createElement('tr');
  for (const [i, text] of texts.entries()) {
    const cell = document.createElement(i === 0 ? 'th' : 'td');
    if (i === 0) cell.scope = 'row';
    cell.className = `as-${kinds[i]}`;
    cell.append(...toContents(text, kinds[i]));
    row.append(cell);
  }
  return row;
}

function toContents(text, kind) {
  const name = { severity: 'span', code: 'code', line: 'code' }[kind] ?? 'bdi';
  return (kind === 'line' ? text.split('\n') : [text]).map((line) => {
    const content = document.createElement(name);
    if (kind === 'severity') content.className = `severity ${text.toLowerCase()}`;
    content.textContent = line;
    return content;
  });
}

/** Each heading becomes a button; a second press turns the order round. */
function addSorting(root, sort) {
  const headings = [...root.querySelectorAll('thead th')];
  for (const [column, heading] of headings.entries()) {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener('click', () => {
      const isNumber = heading.matches('.as-number, .as-severity');
      const now = heading.getAttribute('aria-sort');
      const next =
        now === null ? (isNumber ? 'descending' : 'ascending') : now === 'ascending' ? 'descending' : 'ascending';
      for (const other of headings) other.removeAttribute('aria-sort');
      heading.setAttribute('aria-sort', next);
      sort(column, next === 'ascending' ? 1 : -1);
    });
  }
}

function addFoot(root, onMore) {
  const rest = root.querySelector('.rest') ?? document.createElement('p');
  rest.className = 'rest';
  const words = document.createElement('span');
  const button = document.createElement('button');
  button.type = 'button';
  button.addEventListener('click', onMore);
  rest.replaceChildren(words, ' ', button);
  root.append(rest);
  return {
    tell(shown, found, all) {
      const among = found === all ? '' : ` (of ${all.toLocaleString('en')})`;
      words.textContent = `${shown.toLocaleString('en')} of ${found.toLocaleString('en')} rows shown${among}`;
      button.textContent = `Show ${Math.min(STEP, found - shown).toLocaleString('en')} more`;
      button.hidden = found === shown;
      rest.hidden = found === shown && found === all;
    },
  };
}
