/** Flow records → log objects as S3 delivers them: one for each flow log and hour. For tests only. */
import { type CaseObject, type World, writeObjects } from '../oracle/world.ts';

export type FlowLog = {
  readonly id: string;
  readonly accountId: string;
  readonly region: string;
  readonly fields: readonly string[];
};

/** By field name; what is not there is `-`. */
export type FlowRecord = Readonly<Record<string, string | number>> & { readonly start: number; readonly end: number };

const V2 =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';

/** Version 5, as instances are logged: who, where, flags, packet-level ends. */
export const INSTANCE_FIELDS =
  `${V2} vpc-id subnet-id instance-id tcp-flags pkt-srcaddr pkt-dstaddr flow-direction`.split(' ');
/** The default format: neither flags nor packet-level ends. */
export const DEFAULT_FIELDS = V2.split(' ');
/** A transit gateway's: no interface, no action. */
export const TRANSIT_FIELDS = (
  'version resource-type account-id tgw-id tgw-attachment-id tgw-src-eni tgw-dst-eni srcaddr dstaddr srcport dstport ' +
  'protocol packets bytes start end log-status tcp-flags region flow-direction'
).split(' ');

/** Lines by flow log and the hour of their end. */
export class Delivery {
  readonly #lines = new Map<string, { log: FlowLog; hour: number; lines: string[] }>();

  add(log: FlowLog, record: FlowRecord): void {
    const hour = Math.floor(record.end / 3600);
    const key = `${log.id} ${hour}`;
    const slot = this.#lines.get(key) ?? { log, hour, lines: [] };
    this.#lines.set(key, slot);
    const known: Record<string, string | number> = {
      version: 5,
      'account-id': log.accountId,
      'log-status': 'OK',
      ...record,
    };
    slot.lines.push(log.fields.map((field) => known[field] ?? '-').join(' '));
  }

  objects(): CaseObject[] {
    return [...this.#lines.values()].map(({ log, hour, lines }, i) => ({
      key: toKey(log, hour, i),
      text: `${[log.fields.join(' '), ...lines].join('\n')}\n`,
      packing: { how: 'gzip' },
    }));
  }

  write(world: World): void {
    writeObjects(world.logs, this.objects());
  }
}

function toKey({ id, accountId, region }: FlowLog, hour: number, serial: number): string {
  const [day = '', time = ''] = new Date(hour * 3_600_000).toISOString().split('T');
  const stamp = `${day.replaceAll('-', '')}T${time.slice(0, 2)}00Z`;
  const name = `${accountId}_vpcflowlogs_${region}_${id}_${stamp}_${serial.toString(16).padStart(8, '0')}.log.gz`;
  return `AWSLogs/${accountId}/vpcflowlogs/${region}/${day.replaceAll('-', '/')}/${name}`;
}
