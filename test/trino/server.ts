/**
 * A Trino of our own on this machine: gzip text in S3, tables and partitions in Glue, read by the Hive connector, as Athena does it.
 * moto plays S3 and Glue. Both listen on 127.0.0.1 alone and end with the tests.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export type Servers = { readonly trinoUrl: string; readonly awsUrl: string };

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/trino', import.meta.url));
const TRINO = join(CACHE, 'server-476');
const MOTO = join(CACHE, 'moto-5.2.5');
/** A start takes 20 s on two idle cores. */
const LONGEST_START_MS = 240_000;
/** C1 and the serial collector start in half the time of C2 and G1, in 650 MB of memory. */
const JVM_OPTIONS = [
  ...['-Xmx1G', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:+ExitOnOutOfMemoryError', '-Duser.timezone=UTC'],
  ...['-Dfile.encoding=UTF-8', '-Djdk.attach.allowAttachSelf=true', '-Djdk.nio.maxCachedBufferSize=2000000'],
  ...['--enable-native-access=ALL-UNNAMED', '--add-modules=jdk.incubator.vector'],
];

/** Starts both; `stop` ends them and removes what they wrote. */
export async function startServers(java: string): Promise<Servers & { stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'flowhound-trino-'));
  const [awsPort, trinoPort] = [await findFreePort(), await findFreePort()];
  const [awsUrl, trinoUrl] = [`http://127.0.0.1:${awsPort}`, `http://127.0.0.1:${trinoPort}`];
  writeConfig(folder, trinoPort, awsUrl);
  const moto = start(join(folder, 'moto.log'), join(MOTO, 'bin', 'python'), [
    ...['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(awsPort)],
  ]);
  const trino = start(join(folder, 'trino.log'), java, [
    ...JVM_OPTIONS,
    `-Dconfig=${join(folder, 'config.properties')}`,
    `-Dlog.levels-file=${join(folder, 'log.properties')}`,
    ...['-Dnode.environment=test', '-Dnode.id=test', `-Dnode.data-dir=${join(folder, 'data')}`],
    ...['-cp', join(TRINO, 'lib', '*'), 'io.trino.server.TrinoServer'],
  ]);
  const stop = async (): Promise<void> => {
    await Promise.all([end(moto), end(trino)]);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await waitFor('moto', moto, join(folder, 'moto.log'), `${awsUrl}/moto-api/data.json`, () => true);
    await waitFor('Trino', trino, join(folder, 'trino.log'), `${trinoUrl}/v1/info`, (text) =>
      /"starting"\s*:\s*false/.test(text),
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { trinoUrl, awsUrl, stop };
}

function writeConfig(folder: string, port: number, awsUrl: string): void {
  mkdirSync(join(folder, 'catalog'));
  const write = (name: string, settings: Record<string, string>): void => {
    const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}\n`);
    writeFileSync(join(folder, name), lines.join(''));
  };
  write('log.properties', { 'io.trino': 'WARN', io: 'WARN', org: 'WARN', 'com.amazonaws': 'ERROR' });
  write('config.properties', {
    coordinator: 'true',
    'node-scheduler.include-coordinator': 'true',
    // The server listens where the node is bound.
    'node.bind-ip': '127.0.0.1',
    'node.internal-address': '127.0.0.1',
    'http-server.http.port': String(port),
    // Else it writes var/log where the test began.
    'http-server.log.enabled': 'false',
    'discovery.uri': `http://127.0.0.1:${port}`,
    'plugin.dir': join(TRINO, 'plugin'),
    'catalog.config-dir': join(folder, 'catalog'),
    'query.max-memory': '400MB',
    'query.max-memory-per-node': '400MB',
    'memory.heap-headroom-per-node': '200MB',
    'task.concurrency': '2',
  });
  const credentials = (prefix: string): Record<string, string> => ({
    [`${prefix}aws-access-key`]: 'test',
    [`${prefix}aws-secret-key`]: 'test',
  });
  write('catalog/awsdatacatalog.properties', {
    'connector.name': 'hive',
    'hive.metastore': 'glue',
    'hive.metastore.glue.region': 'us-east-1',
    'hive.metastore.glue.endpoint-url': awsUrl,
    ...credentials('hive.metastore.glue.'),
    'hive.metastore-cache-ttl': '0s',
    // moto has none, and the client asks for seconds.
    'hive.table-statistics-enabled': 'false',
    'fs.native-s3.enabled': 'true',
    's3.endpoint': awsUrl,
    's3.region': 'us-east-1',
    's3.path-style-access': 'true',
    ...credentials('s3.'),
    // As Athena has them: projection, folders below a partition's, views.
    'hive.partition-projection-enabled': 'true',
    'hive.recursive-directories': 'true',
    'hive.hive-views.enabled': 'true',
  });
}

function start(log: string, command: string, options: readonly string[]): ChildProcess {
  const output = openSync(log, 'w');
  const env = {
    ...process.env,
    ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_EC2_METADATA_DISABLED: 'true' },
  };
  const child = spawn(command, options, { stdio: ['ignore', output, output], env });
  process.once('exit', () => child.kill('SIGKILL'));
  return child;
}

async function waitFor(
  name: string,
  child: ChildProcess,
  log: string,
  url: string,
  isReady: (text: string) => boolean,
): Promise<void> {
  for (const from = Date.now(); Date.now() - from < LONGEST_START_MS; await sleep(250)) {
    if (child.exitCode !== null) throw new Error(`${name} ended:\n${readFileSync(log, 'utf8').slice(-4000)}`);
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok && isReady(await answer.text())) return;
  }
  throw new Error(`${name} did not start in ${LONGEST_START_MS / 1000} s:\n${readFileSync(log, 'utf8').slice(-4000)}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  // Trino drains its tasks first; nobody waits for them.
  const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
  await ended;
  clearTimeout(timer);
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject()));
    });
  });
}
