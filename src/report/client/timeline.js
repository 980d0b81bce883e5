/** The selection of a time: two sliders, or dragging over the picture; what was in it is told in numbers. */
const figure = document.querySelector('[data-timeline]');
if (figure !== null) addBrush(figure);

function addBrush(figure) {
  const { lanes } = JSON.parse(document.querySelector('script[data-for="timeline"]').textContent);
  const [from, bin, bins] = [figure.dataset.from, figure.dataset.bin, figure.dataset.bins].map(Number);
  const picture = figure.querySelector('svg');
  const controls = addControls(figure.querySelector('[data-brush]'), bins);
  const toMoment = (at) => from + at * bin;

  function select(a, b) {
    const [low, high] = [Math.max(0, Math.min(a, b)), Math.min(bins, Math.max(a, b))];
    if (high === low) return;
    const isAll = low === 0 && high === bins;
    const window = isAll ? { from: -Infinity, to: Infinity } : { from: toMoment(low), to: toMoment(high) };
    showBand(figure.querySelector('[data-selection]'), low / bins, high / bins);
    controls.show(low, high, isAll, toMoment);
    controls.list.replaceChildren(...(isAll ? [] : tellLanes(lanes, low, high)));
    document.dispatchEvent(new CustomEvent('flowhound:window', { detail: window }));
  }

  const value = ({ input }) => Number(input.value);
  const { first, last } = controls;
  first.input.addEventListener('input', () => select(Math.min(value(first), value(last) - 1), value(last)));
  last.input.addEventListener('input', () => select(value(first), Math.max(value(last), value(first) + 1)));
  controls.reset.addEventListener('click', () => {
    select(0, bins);
    first.input.focus();
  });
  addDragging(picture, bins, select);
  select(0, bins);
}

function addControls(place, bins) {
  const [first, last] = [toSlider('From', bins), toSlider('To', bins)];
  const reset = document.createElement('button');
  reset.type = 'button';
  reset.textContent = 'All the time';
  const [told, list] = [document.createElement('output'), document.createElement('ul')];
  // The sliders say the same as they move.
  told.setAttribute('aria-live', 'off');
  place.append(first.label, last.label, reset, told, list);
  place.hidden = false;
  return {
    ...{ first, last, reset, list },
    show(low, high, isAll, toMoment) {
      const ends = [low, high].map((at) => write(toMoment(at)));
      for (const [i, { input }] of [first, last].entries()) {
        input.value = String([low, high][i]);
        input.setAttribute('aria-valuetext', `${ends[i]} UTC`);
      }
      reset.disabled = isAll;
      told.textContent = `${ends.join(' to ')} UTC`;
    },
  };
}

function showBand(band, low, high) {
  band.setAttribute('visibility', high - low === 1 ? 'hidden' : 'visible');
  band.setAttribute('x', `${low * 100}%`);
  band.setAttribute('width', `${(high - low) * 100}%`);
}

/** What of each finding is within, as items of a list. */
function tellLanes(lanes, low, high) {
  const sum = (values) => values.slice(low, high).reduce((total, value) => total + value, 0);
  const active = lanes.filter(({ records }) => sum(records) > 0);
  const told = active.map(({ name, records, out, in: back }) => {
    const words = `${sum(records).toLocaleString('en')} records, out ${toBytes(sum(out))}, in ${toBytes(sum(back))}`;
    return `${name}: ${words}`;
  });
  return (told.length === 0 ? ['No finding has bytes in it.'] : told).map((text) => {
    const item = document.createElement('li');
    item.textContent = text;
    return item;
  });
}

function write(second) {
  return new Date(second * 1000).toISOString().slice(0, 16).replace('T', ' ');
}

function toSlider(name, bins) {
  const label = document.createElement('label');
  const input = document.createElement('input');
  Object.assign(input, {
    type: 'range',
    min: '0',
    max: String(bins),
    step: '1',
    value: name === 'To' ? String(bins) : '0',
  });
  label.append(`${name} `, input);
  return { label, input };
}

function addDragging(picture, bins, select) {
  let began;
  const at = (event) => {
    const { left, width } = picture.getBoundingClientRect();
    return ((event.clientX - left) / width) * bins;
  };
  picture.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || event.pointerType === 'touch') return;
    began = at(event);
    picture.setPointerCapture(event.pointerId);
  });
  picture.addEventListener('pointermove', (event) => {
    if (began === undefined) return;
    const now = at(event);
    if (Math.abs(now - began) >= 0.5) select(Math.floor(Math.min(began, now)), Math.ceil(Math.max(began, now)));
  });
  for (const type of ['pointerup', 'pointercancel']) picture.addEventListener(type, () => (began = undefined));
}

/** As `formatBytes` of src/core/story.ts. */
function toBytes(bytes) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];
  let [value, unit] = [bytes, 0];
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value.toFixed(unit === 0 || value >= 99.95 ? 0 : 1)} ${units[unit]}`;
}
