/** Log objects for tests of the stack: keys as AWS makes them, records that touch an indicator or do not. For tests only. */
import { gzipSync } from 'node:zlib';

const FIELDS =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
/** Another order, as a second flow log in the same folder may have. */
const OTHER_FIELDS =
  'end start bytes packets protocol dstport srcport dstaddr srcaddr interface-id account-id log-status action tcp-flags';

export type LogOptions = {
  readonly serial: number;
  readonly host?: string;
  readonly remote?: string;
  readonly bytes?: number;
  readonly isHive?: boolean;
  readonly hasOtherFields?: boolean;
  readonly accountId?: string;
  readonly day?: string;
  readonly flowLogId?: string;
};

export type MadeLog = { readonly key: string; readonly content: Buffer };

/** One object with a conversation of two records that the host opened, below `org/`. */
export function makeLog(options: LogOptions): MadeLog {
  const { serial, isHive = false, hasOtherFields = false, accountId = '111122223333', day = '2026-09-01' } = options;
  const [year, month, date] = day.split('-') as [string, string, string];
  const { flowLogId: id = hasOtherFields ? 'fl-0b0b0b0b0b0b0b0b0' : 'fl-0a0a0a0a0a0a0a0a0' } = options;
  const minute = String(serial % 60).padStart(2, '0');
  const name = `${accountId}_vpcflowlogs_us-east-1_${id}_${year}${month}${date}T00${minute}Z_${serial}.log.gz`;
  const folder = isHive
    ? `aws-account-id=${accountId}/aws-service=vpcflowlogs/aws-region=us-east-1/year=${year}/month=${month}/day=${date}`
    : `${accountId}/vpcflowlogs/us-east-1/${year}/${month}/${date}`;
  const fields = toFields(options);
  const lines = [fields.join(' '), ...toRecords(options, fields, { accountId, day })];
  return { key: `org/AWSLogs/${folder}/${name}`, content: gzipSync(`${lines.join('\n')}\n`) };
}

/** A flow log of its own has a format of its own: one field more. */
function toFields({ hasOtherFields = false, flowLogId }: LogOptions): string[] {
  const fields = (hasOtherFields ? OTHER_FIELDS : FIELDS).split(' ');
  return flowLogId === undefined ? fields : [...fields, 'region'];
}

function toRecords(
  options: LogOptions,
  fields: readonly string[],
  { accountId, day }: { readonly accountId: string; readonly day: string },
): string[] {
  const { serial, host = '10.0.0.5', remote = '203.0.113.7', bytes = 840 } = options;
  const start = Date.parse(`${day}T00:00:00Z`) / 1000 + (serial % 60) * 60;
  const common = { version: '2', 'account-id': accountId, 'interface-id': 'eni-0a1b2c3d4e5f60718', protocol: '6' };
  const rest = { packets: '10', bytes: String(bytes), start: String(start), end: String(start + 59), action: 'ACCEPT' };
  const out = { srcaddr: host, dstaddr: remote, srcport: '49152', dstport: '443', 'tcp-flags': '2' };
  const back = { srcaddr: remote, dstaddr: host, srcport: '443', dstport: '49152', 'tcp-flags': '18' };
  return [out, back].map((ends) => {
    const values: Readonly<Record<string, string>> = {
      ...common,
      ...rest,
      ...ends,
      'log-status': 'OK',
      region: 'us-east-1',
    };
    return fields.map((field) => values[field]).join(' ');
  });
}
