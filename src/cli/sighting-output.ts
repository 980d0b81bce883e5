/** What a sweep or a hunt prints: sightings for programs, the findings they belong to for people and in ASFF and OCSF. */
import type { Sighting } from '../core/sighting-document.ts';
import type { Executed } from '../tasks/read-executed.ts';
import { toFindingForms } from './finding-forms.ts';
import { renderFindings } from './findings-table.ts';
import { type Format, isFindingForm, writeDocuments } from './output.ts';
import { renderPeers } from './peers-table.ts';

export const SIGHTING_COLUMNS = [
  ...['indicator', 'indicator_ip', 'comment', 'source', 'account_id', 'region', 'interface_id', 'local_ip'],
  ...['records_out', 'bytes_out', 'packets_out', 'records_in', 'bytes_in', 'packets_in', 'accepted', 'rejected'],
  ...['first_seen', 'last_seen', 'initiator', 'initiator_reason', 'severity', 'finding_id', 'also_in'],
] as (keyof Sighting & string)[];

export async function writeSightings(result: Omit<Executed, 'summary'>, format: Format): Promise<void> {
  if (format === 'table' || isFindingForm(format)) {
    return writeDocuments(result.findings, format, {
      columns: [],
      toTable: (findings) =>
        [renderFindings(findings), renderPeers(findings, result.dataRatios)].filter(Boolean).join('\n'),
      ...toFindingForms(result.findings),
    });
  }
  return writeDocuments(result.sightings, format, { columns: SIGHTING_COLUMNS, toTable: () => '' });
}
