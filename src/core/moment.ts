/** Times as people write them on a command line. */
import { UsageError } from './errors.ts';

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?$/;
const AGO = /^(\d{1,6})([smhdw])$/;
const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/**
 * `2026-12-01` (midnight UTC), `2026-12-01T06:00Z` (UTC where no zone is given) or `7d` before `clock`.
 * Throws UsageError, naming `option`, for anything else, the 30th of February included.
 */
export function parseMoment(text: string, option: string, clock: Date): Date {
  const ago = AGO.exec(text);
  if (ago !== null) return new Date(clock.getTime() - Number(ago[1]) * UNIT_SECONDS[ago[2]!]! * 1000);
  const hasZone = /(Z|[+-]\d{2}:\d{2})$/.test(text);
  const iso = DATE.test(text) ? `${text}T00:00:00Z` : hasZone ? text : `${text}Z`;
  const isForm = DATE.test(text) || DATE_TIME.test(text);
  const moment = new Date(iso);
  if (!isForm || Number.isNaN(moment.getTime()) || !isRealDay(text.slice(0, 10))) {
    throw new UsageError(`${option} ${text} is not a date. Use 2026-12-01, 2026-12-01T06:00Z or 7d.`);
  }
  return moment;
}

/** JavaScript rolls 2026-02-30 over into March. */
function isRealDay(day: string): boolean {
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}
