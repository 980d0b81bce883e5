/** How bad a finding can be. */
import { UsageError } from './errors.ts';

export const SEVERITIES = ['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;
export type Severity = (typeof SEVERITIES)[number];

export function isAtLeast(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);
}

/** `high`, `HIGH`, `info` → a severity. */
export function parseSeverity(text: string): Severity {
  const upper = text.toUpperCase();
  const severity = upper === 'INFO' ? 'INFORMATIONAL' : SEVERITIES.find((one) => one === upper);
  if (severity === undefined) throw new UsageError(`"${text}" is no severity. Use ${SEVERITIES.join(', ')}.`);
  return severity;
}
