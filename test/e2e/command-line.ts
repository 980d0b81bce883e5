/** Runs the command line as a user does and watches it from outside. For tests only. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const NODE = fileURLToPath(new URL('../../node_modules/.bin/node', import.meta.url));
const FLOWHOUND = fileURLToPath(new URL('../../bin/flowhound.js', import.meta.url));

export type Outcome = {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Largest resident set the kernel saw, MB; 0 where /proc does not exist. */
  readonly peakMegabytes: number;
};

type RunOptions = {
  readonly cwd: string;
  readonly env?: Record<string, string>;
  /** Called once the process runs: to interrupt it, to close its stdout. */
  readonly onStart?: (child: ChildProcess) => void;
  /** After so long the process is killed: a hang is a failure with its signal, not a test run that never ends. */
  readonly patienceMilliseconds?: number;
};

export function flowhound(
  args: readonly string[],
  { cwd, env = {}, onStart, patienceMilliseconds = 50_000 }: RunOptions,
): Promise<Outcome> {
  const child = spawn(NODE, [FLOWHOUND, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: patienceMilliseconds,
    killSignal: 'SIGKILL',
  });
  let [stdout, stderr, peakMegabytes] = ['', '', 0];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // VmHWM is itself a high-water mark, so a late sample misses only what the very last moments add.
  const sampler = setInterval(() => (peakMegabytes = Math.max(peakMegabytes, readPeak(child.pid))), 25);
  onStart?.(child);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => {
      clearInterval(sampler);
      resolve({ status, signal, stdout, stderr, peakMegabytes });
    });
  });
}

function readPeak(pid: number | undefined): number {
  try {
    const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Lines of stderr that say something. */
export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** NDJSON of stdout; throws if a line is anything else. */
export function parseLines(stdout: string): Record<string, unknown>[] {
  return linesOf(stdout).map((line) => JSON.parse(line) as Record<string, unknown>);
}

export const STACK_TRACE = /^\s+at \S.*(:\d+:\d+|node:|<anonymous>)/m;
