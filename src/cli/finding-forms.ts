/** Findings in ASFF and OCSF, as one batch prints them: one clock, and in ASFF one owner, the account and region of the first. */
import { toAsff } from '../core/asff.ts';
import type { Finding } from '../core/finding-document.ts';
import { toOcsf } from '../core/ocsf.ts';
import { toNetworkActivity } from '../core/ocsf-network-activity.ts';
import type { Sighting } from '../core/sighting-document.ts';
import { VERSION } from './version.ts';

/** What each of the findings is in either form. */
export function toFindingForms(findings: readonly Finding[]) {
  const owner = { accountId: findings[0]?.account_id ?? '', region: findings[0]?.region ?? '' };
  const updatedAt = new Date().toISOString();
  return {
    toAsff: (finding: Finding): unknown => toAsff(finding, owner, updatedAt),
    toOcsf: (finding: Finding): unknown => toOcsf(finding, { version: VERSION, updatedAt }),
  };
}

/** A sighting is traffic, not a finding: OCSF has a class for it, ASFF has none. */
export function toSightingForms() {
  const updatedAt = new Date().toISOString();
  return { toOcsf: (sighting: Sighting): unknown => toNetworkActivity(sighting, { version: VERSION, updatedAt }) };
}
