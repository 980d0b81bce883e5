/** `serverless package` in a folder of its own, as a user runs it but without AWS credentials. For tests only. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleFunctions, functionNames } from '../../scripts/bundle-functions.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const SERVERLESS = join(REPOSITORY, 'node_modules/serverless/bin/serverless.js');
const PARTS = ['serverless.yml', 'package.json', 'cloud', 'sql', 'statemachines'];

export type Packaged = { readonly folder: string; readonly template: string };

/**
 * A copy of what `serverless package` reads, with the functions bundled into it; `stub` puts an empty handler in their place,
 * for tests that only look at the template.
 */
export async function makeService(functions: 'bundled' | 'stub' = 'bundled'): Promise<string> {
  const service = mkdtempSync(join(tmpdir(), 'flowhound-stack-'));
  for (const part of PARTS) cpSync(join(REPOSITORY, part), join(service, part), { recursive: true });
  const bundles = join(service, 'dist/functions');
  if (functions === 'bundled') await bundleFunctions(bundles);
  else for (const name of functionNames()) writeStub(join(bundles, name));
  return service;
}

function writeStub(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.mjs'), 'export const handler = async () => {};\n');
}

/** Packages the service with these params into a new folder; throws with what the framework said. */
export function packageStack(service: string, params: Readonly<Record<string, string>> = {}, stage = 'dev'): Packaged {
  const folder = mkdtempSync(join(tmpdir(), 'flowhound-package-'));
  const { status, stdout, stderr } = runServerless(service, folder, params, stage);
  if (status !== 0) throw new Error(`${stdout}${stderr}`);
  return { folder, template: join(folder, 'cloudformation-template-update-stack.json') };
}

/** The framework itself, whatever it answers. */
export function runServerless(
  service: string,
  folder: string,
  params: Readonly<Record<string, string>>,
  stage = 'dev',
): SpawnSyncReturns<string> {
  const options = Object.entries(params).map(([name, value]) => `--param=${name}=${value}`);
  const args = [SERVERLESS, 'package', '--package', folder, '--stage', stage, ...options];
  return spawnSync(process.execPath, args, { cwd: service, encoding: 'utf8', env: withoutCredentials() });
}

/** Nothing of whoever runs the tests may get into the template, or out to AWS. */
function withoutCredentials(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS_|SLS_|SERVERLESS_|NODE_OPTIONS$)/.test(name));
  const nowhere = {
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
  return { ...Object.fromEntries(kept), ...nowhere, SLS_TELEMETRY_DISABLED: '1', SLS_NOTIFICATIONS_MODE: 'off' };
}
