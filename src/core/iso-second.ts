/** Unix seconds, as flow logs have them, in documents. */

/** 9999-12-31T23:59:59Z: what lies behind it is no time. */
export const LAST_SECOND = 253_402_300_799;

/** Unix seconds → `2026-09-01T00:05:12Z`. */
export function toIsoSecond(second: number): string;
export function toIsoSecond(second: number | null): string | null;
export function toIsoSecond(second: number | null): string | null {
  return second === null ? null : `${new Date(second * 1000).toISOString().slice(0, 19)}Z`;
}
