/** Bins → the shape of an activity, stretched over whatever width there is: bytes out above the line, bytes in below it. */
import { scalePow } from 'd3-scale';
import { type Html, html } from './html.ts';
import type { Bin } from './time-axis.ts';

/** Square root: of what is a thousandth of the highest a thirtieth is still seen. */
const EXPONENT = 0.5;
const WIDTH = 1000;

/** A nested picture of `height` units that fills the one it is put into. */
export function drawActivity(bins: readonly Bin[], height: number, peak = findPeak(bins)): Html {
  const middle = height / 2;
  const y = scalePow([0, Math.max(peak, 1)], [0, middle - 1]).exponent(EXPONENT);
  const draw = (of: (bin: Bin) => number, sign: 1 | -1) =>
    bins.map((bin, i) => drawBar(i, bins.length, middle, of(bin) > 0 ? sign * Math.max(1, y(of(bin))) : 0)).join('');
  const out = draw(({ bytesOut }) => bytesOut, 1);
  const back = draw(({ bytesIn }) => bytesIn, -1);
  return html`<svg viewBox="0 0 ${WIDTH} ${height}" preserveAspectRatio="none" width="100%" height="${height}"><path class="out" d="${out}"/><path class="in" d="${back}"/></svg>`;
}

export function findPeak(bins: readonly Bin[]): number {
  return bins.reduce((peak, { bytesOut, bytesIn }) => Math.max(peak, bytesOut, bytesIn), 0);
}

function drawBar(i: number, bins: number, middle: number, height: number): string {
  if (height === 0) return '';
  const x = (at: number) => Math.round((at / bins) * WIDTH * 10) / 10;
  return `M${x(i)} ${middle}v${(-height).toFixed(1)}H${x(i + 1)}V${middle}z`;
}
