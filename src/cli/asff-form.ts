/** Findings in ASFF, as one batch prints them: one clock, and one owner, the account and region of the first. */
import { toAsff } from '../core/asff.ts';
import type { Finding } from '../core/finding-document.ts';

/** Renders each of the findings. */
export function toAsffForm(findings: readonly Finding[]): (finding: Finding) => unknown {
  const owner = { accountId: findings[0]?.account_id ?? '', region: findings[0]?.region ?? '' };
  const updatedAt = new Date().toISOString();
  return (finding) => toAsff(finding, owner, updatedAt);
}
