/**
 * Flow log lines → NetFlow version 5 packets. It has IPv4 only, and of a flow log's fields addresses, ports, protocol,
 * counts, times and TCP flags. Layout: docs "NetFlow Export Datagram Format", header of 24 bytes, records of 48.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const HEADER_BYTES = 24;
const RECORD_BYTES = 48;
const RECORDS_PER_PACKET = 30;
/** The exporter's clock since its start; times of flows are told on it. */
const UPTIME = 86_400_000;
const LARGEST = 0xffff_ffff;

export type Packet = { readonly bytes: Buffer; readonly records: number };

/** All IPv4 records of the objects that moved packets, thirty to a packet. */
export function* toPackets(paths: readonly string[]): Generator<Packet> {
  let sequence = 0;
  let pending: string[][] = [];
  for (const path of paths) {
    const [header, ...lines] = gunzipSync(readFileSync(path)).toString('latin1').trimEnd().split('\n');
    const columns = toColumns(header!);
    for (const line of lines) {
      const fields = line.split(' ', 20);
      if (!fields[columns.srcaddr!]!.includes('.')) continue;
      if (pending.push(fields) < RECORDS_PER_PACKET) continue;
      yield { bytes: toPacket(pending, columns, sequence), records: pending.length };
      sequence += pending.length;
      pending = [];
    }
    // A packet holds records of one object: columns may differ in the next.
    if (pending.length === 0) continue;
    yield { bytes: toPacket(pending, columns, sequence), records: pending.length };
    sequence += pending.length;
    pending = [];
  }
}

type Columns = Readonly<Record<string, number>>;

function toColumns(header: string): Columns {
  return Object.fromEntries(header.split(' ').map((name, i) => [name, i]));
}

function toPacket(rows: readonly string[][], columns: Columns, sequence: number): Buffer {
  const packet = Buffer.alloc(HEADER_BYTES + rows.length * RECORD_BYTES);
  const now = Math.max(...rows.map((row) => Number(row[columns.end!])));
  packet.writeUInt16BE(5, 0);
  packet.writeUInt16BE(rows.length, 2);
  packet.writeUInt32BE(UPTIME, 4);
  packet.writeUInt32BE(now, 8);
  packet.writeUInt32BE(sequence % 2 ** 32, 16);
  for (const [i, row] of rows.entries()) writeRecord(packet, HEADER_BYTES + i * RECORD_BYTES, row, columns, now);
  return packet;
}

function writeRecord(packet: Buffer, at: number, row: readonly string[], columns: Columns, now: number): void {
  const number = (name: string): number => Number(row[columns[name] ?? -1] ?? 0) || 0;
  writeAddress(packet, at, row[columns.srcaddr!]!);
  writeAddress(packet, at + 4, row[columns.dstaddr!]!);
  packet.writeUInt32BE(Math.min(LARGEST, number('packets')), at + 16);
  packet.writeUInt32BE(Math.min(LARGEST, number('bytes')), at + 20);
  packet.writeUInt32BE(UPTIME - (now - number('start')) * 1000, at + 24);
  packet.writeUInt32BE(UPTIME - (now - number('end')) * 1000, at + 28);
  packet.writeUInt16BE(number('srcport'), at + 32);
  packet.writeUInt16BE(number('dstport'), at + 34);
  packet[at + 37] = number('tcp-flags');
  packet[at + 38] = number('protocol');
}

function writeAddress(packet: Buffer, at: number, address: string): void {
  const octets = address.split('.');
  for (let i = 0; i < 4; i++) packet[at + i] = Number(octets[i]);
}
