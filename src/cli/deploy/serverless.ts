/** The Serverless Framework of this clone as a child process: its talk goes to stderr, its exit status is ours to explain. */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Interrupted, UsageError } from '../../core/errors.ts';
import { type Params, ROOT, toShellWord } from './params.ts';

export type Deployment = {
  readonly stage: string;
  readonly region: string;
  readonly params: Params;
  /** On top of this process's environment. */
  readonly environment: Readonly<Record<string, string>>;
};

/** The command as a person would type it. */
export function toCommandLine(verb: 'deploy' | 'package', deployment: Deployment): string {
  return `npx serverless ${toArguments(verb, deployment).map(toShellWord).join(' ')}`;
}

/** Bundles the functions, then runs `serverless deploy` or `serverless package` to its end. */
export async function runServerless(verb: 'deploy' | 'package', deployment: Deployment): Promise<void> {
  const environment = { ...process.env, ...deployment.environment };
  await runNode(['scripts/bundle-functions.ts'], environment, 'bundling the functions');
  await runNode([await findServerless(), ...toArguments(verb, deployment)], environment, `serverless ${verb}`);
}

function toArguments(verb: string, { stage, region, params }: Deployment): string[] {
  const given = Object.entries(params).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
  return [verb, '--stage', stage, '--region', region, ...given];
}

async function findServerless(): Promise<string> {
  const folder = new URL('node_modules/serverless/', ROOT);
  try {
    const { bin } = JSON.parse(await readFile(new URL('package.json', folder), 'utf8')) as {
      bin: string | Readonly<Record<string, string>>;
    };
    return fileURLToPath(new URL(typeof bin === 'string' ? bin : (bin.serverless ?? ''), folder));
  } catch (error) {
    throw new UsageError('the package serverless is not installed. Run npm ci, without --omit=dev.', { cause: error });
  }
}

function runNode(args: readonly string[], env: NodeJS.ProcessEnv, what: string): Promise<void> {
  // Ctrl-C reaches the child too, which has a deployment to stop in good order: it is waited for.
  const wait = (): void => {};
  process.on('SIGINT', wait).on('SIGTERM', wait);
  return new Promise<void>((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: fileURLToPath(ROOT), env, stdio: ['ignore', 2, 2] });
    child.on('error', reject);
    child.on('exit', (status, signal) => {
      if (status === 0) resolve();
      else if (signal !== null || status === 130) reject(new Interrupted(`${what} was interrupted`));
      else reject(new Error(`${what} ended with status ${status}; what it said above tells why`));
    });
  }).finally(() => process.off('SIGINT', wait).off('SIGTERM', wait));
}
