/** Before the lane: Trino and moto, fetched if they are not there, started once for all files; after it, both ended. */
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { findJdk } from '../grammar/jdk.ts';
import { type Servers, startServers } from './server.ts';
import { openWarehouse } from './warehouse.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Undefined where the lane is skipped. */
    servers: Servers | undefined;
  }
}

const MOST_TRIES = 60;
const FETCH = fileURLToPath(new URL('fetch.sh', import.meta.url));

export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const java = findJdk();
  const missing = [
    ...(java === undefined ? ['a JDK of 24 or later (JAVA_HOME_24)'] : []),
    ...(runs('mvn', '-v') ? [] : ['Maven (mvn)']),
    ...(runs('python3', '-c', 'import venv') ? [] : ['Python with venv (python3)']),
  ];
  if (java === undefined || missing.length > 0) {
    console.warn(`Real Trino: skipped, for it needs ${missing.join(', ')}.`);
    project.provide('servers', undefined);
    return undefined;
  }
  execFileSync('sh', [FETCH], { stdio: ['ignore', 'inherit', 'inherit'] });
  const { trinoUrl, awsUrl, stop } = await startServers(java);
  try {
    await waitForNode({ trinoUrl, awsUrl });
  } catch (error) {
    await stop();
    throw error;
  }
  project.provide('servers', { trinoUrl, awsUrl });
  return stop;
}

/** A Trino that has started may need seconds to learn that its one node reads tables; only reading one shows that it does. */
async function waitForNode(servers: Servers): Promise<void> {
  const warehouse = await openWarehouse(servers, 'warm_up');
  await warehouse.put('iocs/iocs.csv', '"203.0.113.7","c2"\n');
  for (let tries = 1; ; tries++) {
    try {
      await warehouse.run({ sql: 'SELECT COUNT(*) FROM incident_iocs', values: [] });
      return await warehouse.close();
    } catch (error) {
      if (tries === MOST_TRIES || !(error as Error).message.includes('NO_NODES_AVAILABLE')) throw error;
      await sleep(500);
    }
  }
}

function runs(command: string, ...options: readonly string[]): boolean {
  try {
    execFileSync(command, options, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
