/** README.txt of a bundle, for somebody who has nothing but the bundle. */
import { formatCount } from '../../core/story.ts';
import type { BundledRecords } from './records.ts';
import type { BundleRequest } from './request.ts';

export function writeReadme({ findings, sightings, isWhole, version }: BundleRequest, records: BundledRecords): string {
  const scope = isWhole
    ? 'everything that was found'
    : `the findings ${findings.map((one) => one.finding_id).join(', ')}`;
  return `EVIDENCE BUNDLE

Traffic with known-bad addresses in AWS VPC Flow Logs, and what shows it: ${scope}.
${formatCount(findings.length)} findings, ${formatCount(sightings.length)} sightings, ${formatCount(records.records)} flow records from ${formatCount(records.objects.size)} log objects.
Written by Flowhound ${version}. The same evidence gives the same bundle, byte for byte.

IS IT COMPLETE AND UNCHANGED?

  sha256sum -c MANIFEST.sha256          Linux, in this folder
  shasum -a 256 -c MANIFEST.sha256      macOS, in this folder
  npx flowhound report --verify .       anywhere; also tells files that are not in the manifest, and reads the zip

Whoever can change a file can change the manifest. Note the SHA-256 of MANIFEST.sha256 elsewhere when you get the bundle: Flowhound
prints it when it writes a bundle and when it verifies one.

WHAT IS IN IT

findings/findings.ndjson         the findings, one JSON document a line, severest first
findings/findings.asff.ndjson    the same in AWS Security Finding Format (Security Hub)
findings/findings.ocsf.ndjson    the same as OCSF Detection Findings
findings/sightings.ndjson        per indicator, account, region, interface and local address
findings/sightings.ocsf.ndjson   the same as OCSF Network Activity
records/records.ndjson           each flow record: its log object, line number, fields, and the line as it stood in the log
records/lines/                   the same lines and nothing else, one file for each log object, in the log's order
records/objects.ndjson           each of these log objects: key, ETag, size, and its file under lines/
records/network-activity.ocsf.ndjson   each record as an OCSF event, the verbatim line in raw_data
queries.ndjson                   each query that ran: its text under sql/, where its rows are, and its id where Athena ran it
sql/                             Flowhound's queries; those of workflow/ made sightings and data ratios of the records
store/                           Flowhound's own documents, as they were kept:
  findings/ contexts/ publications/    a finding, the rest of its host's traffic, what was published of it
  indicators/                          the version of the indicators that was used, and what was said of the lists
  manifests/                           all log objects that were looked at, with ETags
  evidence/indicator_addresses/        which addresses in the records belong to which indicator
  runs/                                each run: counts, damaged objects, rows of its queries

HOW TO READ IT

"out" is what the host in the network sent, "in" what it got. "initiator" is who opened the conversation. Sizes are in bytes, times in UTC.
In OCSF the source is who opened the conversation, whoever sent a packet.
A record that several network interfaces logged is in it several times; a finding counts one of them.
A line of a log is found again by its object and line number: line 1 is the header, which names the fields.
Names of files that a log or a list made up stand here with a hash before them; records/objects.ndjson has the name itself.
`;
}
