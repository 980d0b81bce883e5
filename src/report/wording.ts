/** Words that several parts of the report share. */
import type { Finding } from '../core/finding-document.ts';
import type { Severity } from '../core/severity.ts';
import { formatCount } from '../core/story.ts';
import { type Html, html } from './html.ts';

/** Sentences hold what others wrote: as much as a person reads. */
export const MOST_SENTENCE = 500;
/** Comments are other people's: as much as a line takes, the whole text is in the table of indicators. */
const MOST_COMMENT = 120;

const SHORT: Readonly<Record<Severity, string>> = {
  CRITICAL: 'Critical',
  HIGH: 'High',
  MEDIUM: 'Medium',
  LOW: 'Low',
  INFORMATIONAL: 'Info',
};

export function nameSeverity(severity: Severity): string {
  return SHORT[severity];
}

/** Colour, shape and word say the same. */
export function renderSeverity(severity: Severity): Html {
  const name = nameSeverity(severity);
  return html`<span class="severity ${name.toLowerCase()}">${name}</span>`;
}

/** `203.0.113.66 “C2 panel”` */
export function renderIndicator({ indicator, comment }: Pick<Finding, 'indicator' | 'comment'>): Html {
  const said = comment === '' ? undefined : html` <q><bdi>${cut(comment, MOST_COMMENT)}</bdi></q>`;
  return html`<code>${indicator}</code>${said}`;
}

export function nameHost({ kind, host_count, local_ip }: Finding): string {
  return kind === 'scans' && host_count > 1 ? `${host_count} hosts` : local_ip;
}

/** At most so many characters, and never half of one. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const segments = new Intl.Segmenter().segment(text.slice(0, most + 64));
  let kept = '';
  for (const { segment } of segments) {
    if (kept.length + segment.length >= most) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** The first of them, and how many more there are. */
export function tellFew(items: readonly string[], most = 6): string {
  const more = items.length - most;
  const first = items.slice(0, most).map((item) => cut(item, MOST_COMMENT));
  return `${first.join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`;
}

export function toSeconds(iso: string | null): number | undefined {
  const milliseconds = iso === null ? Number.NaN : Date.parse(iso);
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

export function toTimes({
  first_seen,
  last_seen,
}: {
  readonly first_seen: string | null;
  readonly last_seen: string | null;
}): [number, number] | null {
  const [from, to] = [toSeconds(first_seen ?? last_seen), toSeconds(last_seen ?? first_seen)];
  return from === undefined || to === undefined ? null : [from, to];
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return count === 1 ? one : many;
}
