/**
 * Makes nfdump's own store from flow logs: nfdump cannot read their text, so the rows go as NetFlow to nfcapd on this machine.
 *
 *     node bench/programs/netflow-store.ts <logs folder> <new folder>
 *
 * Prints how many records were sent. The kernel tells how much of nfcapd's queue is filled, so none is lost, and fails if one was.
 */
import { spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { globSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Packet, toPackets } from './netflow-packets.ts';

const LOCALHOST = '127.0.0.1';
/** Packets sent between two looks at the queue, and how much of it may be filled then. */
const BURST = 24;
const FULL_BYTES = 64 * 1024;
const QUEUE_BYTES = 2 * 1024 * 1024;

const [logs = '', folder = ''] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const port = await findFreePort();
// One file, compressed with LZ4: fewer and larger reads than its default of a file every five minutes.
const flags = ['-b', LOCALHOST, '-p', `${port}`, '-w', folder, '-t', '86400', '-y', '-B', `${QUEUE_BYTES}`];
const collector = spawn('nfcapd', flags, { stdio: 'ignore' });
const ended = once(collector, 'exit');
try {
  while (readQueue() === undefined) {
    if (collector.exitCode !== null) throw new Error(`nfcapd ended with ${collector.exitCode}`);
    await sleep(20);
  }
  console.log(await send(globSync(join(logs, '**/*.gz')).sort()));
} finally {
  collector.kill('SIGTERM');
  await ended;
}

async function send(paths: readonly string[]): Promise<number> {
  const socket = createSocket('udp4');
  let records = 0;
  let burst: Packet[] = [];
  for (const packet of toPackets(paths)) {
    records += packet.records;
    if (burst.push(packet) < BURST) continue;
    await sendAll(socket, burst);
    burst = [];
  }
  await sendAll(socket, burst);
  socket.close();
  while (readQueue()!.bytes > 0) await sleep(5);
  const { drops } = readQueue()!;
  if (drops > 0) throw new Error(`${drops} packets were lost`);
  return records;
}

async function sendAll(socket: Socket, burst: readonly Packet[]): Promise<void> {
  while (readQueue()!.bytes > FULL_BYTES) await sleep(1);
  await Promise.all(
    burst.map(
      ({ bytes }) =>
        new Promise<void>((resolve, reject) => {
          socket.send(bytes, port, LOCALHOST, (error) => (error === null ? resolve() : reject(error)));
        }),
    ),
  );
}

/** What waits for nfcapd, and what the kernel threw away, from the table of UDP sockets. */
function readQueue(): { bytes: number; drops: number } | undefined {
  const address = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const line = readFileSync('/proc/net/udp', 'latin1')
    .split('\n')
    .find((each) => each.includes(address));
  const fields = line?.trim().split(/\s+/);
  return fields && { bytes: Number.parseInt(fields[4]!.split(':')[1]!, 16), drops: Number(fields.at(-1)) };
}

async function findFreePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, LOCALHOST);
  await once(socket, 'listening');
  const { port: free } = socket.address();
  socket.close();
  return free;
}
