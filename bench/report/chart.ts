/** A line chart with logarithmic axes as SVG text: one tick per decade, a dot per measurement, each line named at its end. */

export type Series = { readonly name: string; readonly points: readonly { readonly x: number; readonly y: number }[] };

export type Chart = {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly Series[];
};

const WIDTH = 820;
const HEIGHT = 420;
const LEFT = 72;
const RIGHT = 246;
const TOP = 52;
const BOTTOM = 58;
const LABEL_HEIGHT = 34;
/** Okabe and Ito's, told apart by colour-blind eyes too. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#7f6000', '#56b4e9'];
const DASHES = ['', '', '6 3', '2 3', '8 3 2 3', ''];

export function toSvg({ title, xLabel, yLabel, series }: Chart): string {
  const points = series.flatMap((each) => each.points);
  const x = toScale(
    points.map((point) => point.x),
    LEFT,
    WIDTH - RIGHT,
  );
  const y = toScale(
    points.map((point) => point.y),
    HEIGHT - BOTTOM,
    TOP,
  );
  const bottom = HEIGHT - BOTTOM;
  const xTicks = x.ticks.map(
    (tick) =>
      `<line x1="${x.at(tick)}" y1="${TOP}" x2="${x.at(tick)}" y2="${bottom}" stroke="#e5e5e5"/>${text(x.at(tick), bottom + 18, short(tick), 'middle')}`,
  );
  const yTicks = y.ticks.map(
    (tick) =>
      `<line x1="${LEFT}" y1="${y.at(tick)}" x2="${WIDTH - RIGHT}" y2="${y.at(tick)}" stroke="#e5e5e5"/>${text(LEFT - 8, y.at(tick) + 4, short(tick), 'end')}`,
  );
  const labels = placeLabels(series, y.at);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${escapeXml(title)}" font-family="system-ui, sans-serif" font-size="12" fill="#333">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="${LEFT}" y="28" font-size="16" font-weight="600">${escapeXml(title)}</text>`,
    ...xTicks,
    ...yTicks,
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 16, xLabel, 'middle'),
    `<text transform="translate(18 ${(TOP + bottom) / 2}) rotate(-90)" text-anchor="middle">${escapeXml(yLabel)}</text>`,
    ...series.map((each, i) => line(each, i, x.at, y.at)),
    ...series.map((each, i) => label(each, i, labels[i]!)),
    '</svg>\n',
  ].join('\n');
}

type Scale = { readonly at: (value: number) => number; readonly ticks: readonly number[] };

/** Logarithmic by halves of decades around the values, and at least one decade, so that what is flat looks flat. */
function toScale(values: readonly number[], from: number, to: number): Scale {
  const high = Math.ceil(2 * Math.log10(Math.max(...values))) / 2;
  const low = Math.min(high - 1, Math.floor(2 * Math.log10(Math.min(...values))) / 2);
  const decades = Array.from({ length: Math.floor(high) - Math.ceil(low) + 1 }, (_, i) => Math.ceil(low) + i);
  const steps = decades.length > 2 ? [1] : [1, 2, 5];
  const ticks = [Math.ceil(low) - 1, ...decades]
    .flatMap((decade) => steps.map((step) => step * 10 ** decade))
    .filter((tick) => Math.log10(tick) >= low - 1e-9 && Math.log10(tick) <= high + 1e-9);
  return { at: (value) => round(from + ((Math.log10(value) - low) / (high - low)) * (to - from)), ticks };
}

function line({ points }: Series, i: number, x: Scale['at'], y: Scale['at']): string {
  const path = points.map((point, n) => `${n === 0 ? 'M' : 'L'}${x(point.x)} ${y(point.y)}`).join(' ');
  const dots = points.map((point) => `<circle cx="${x(point.x)}" cy="${y(point.y)}" r="3.5" fill="${colour(i)}"/>`);
  return `<path d="${path}" fill="none" stroke="${colour(i)}" stroke-width="2" stroke-dasharray="${DASHES[i % DASHES.length]}"/>${dots.join('')}`;
}

/** The name, and below it what the last point is and how many times the first. */
function label({ name, points }: Series, i: number, at: number): string {
  const [first, last] = [points[0]!, points.at(-1)!];
  const growth = points.length > 1 ? `, × ${short(last.y / first.y)} for × ${short(last.x / first.x)}` : '';
  const x = WIDTH - RIGHT + 16;
  return `<g fill="${colour(i)}"><text x="${x}" y="${at}" font-weight="600">${escapeXml(name)}</text><text x="${x}" y="${at + 14}">${short(last.y)}${growth}</text></g>`;
}

/** Labels stand beside the ends of their lines, pushed apart where those lie too close. */
function placeLabels(series: readonly Series[], y: Scale['at']): number[] {
  const wanted = series.map((each, i) => ({ i, at: y(each.points.at(-1)!.y) })).sort((a, b) => a.at - b.at);
  let lowest = TOP - LABEL_HEIGHT;
  for (const each of wanted) {
    each.at = Math.max(each.at, lowest + LABEL_HEIGHT);
    lowest = each.at;
  }
  let highest = HEIGHT - BOTTOM + LABEL_HEIGHT - 10;
  for (const each of wanted.toReversed()) {
    each.at = Math.min(each.at, highest - LABEL_HEIGHT);
    highest = each.at;
  }
  const placed: number[] = [];
  for (const { i, at } of wanted) placed[i] = round(at);
  return placed;
}

function colour(i: number): string {
  return COLOURS[i % COLOURS.length]!;
}

function text(x: number, y: number, content: string, anchor: 'middle' | 'end'): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${escapeXml(content)}</text>`;
}

function short(value: number): string {
  if (value >= 1e6) return `${Number((value / 1e6).toPrecision(3))} M`;
  return value >= 1000 ? Math.round(value).toLocaleString('en') : `${Number(value.toPrecision(2))}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeXml(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
