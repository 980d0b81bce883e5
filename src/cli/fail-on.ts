/** `--fail-on`: exit status 3 where findings are at least so severe, for pipelines that stop on them. */
import { Option } from 'commander';
import { UsageError } from '../core/errors.ts';
import type { Finding } from '../core/finding.ts';
import { isAtLeast, SEVERITIES, type Severity } from '../core/severity.ts';

export const FAILED_ON_FINDINGS = 3;

export function failOnOption(): Option {
  return new Option(
    '--fail-on <severity>',
    `exit with status 3 on findings at or above ${SEVERITIES.join(', ')}`,
  ).argParser(parseSeverity);
}

/** Sets the exit status; nothing happens without the option. */
export function applyFailOn(findings: readonly Finding[], least: Severity | undefined): void {
  if (least === undefined) return;
  if (findings.some(({ severity }) => isAtLeast(severity, least))) process.exitCode = FAILED_ON_FINDINGS;
}

/** `high`, `HIGH`, `info` → a severity. */
export function parseSeverity(text: string): Severity {
  const upper = text.toUpperCase();
  const severity = upper === 'INFO' ? 'INFORMATIONAL' : SEVERITIES.find((one) => one === upper);
  if (severity === undefined) throw new UsageError(`"${text}" is no severity. Use ${SEVERITIES.join(', ')}.`);
  return severity;
}
