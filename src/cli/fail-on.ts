/** `--fail-on`: exit status 3 where findings are at least so severe, for pipelines that stop on them. */
import { Option } from 'commander';
import type { Finding } from '../core/finding-document.ts';
import { isAtLeast, parseSeverity, SEVERITIES, type Severity } from '../core/severity.ts';

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
