/**
 * Runs a whole process and tells its wall time, CPU time and peak memory, its children included. Node does not report
 * the resources of a child, so GNU time or Python's wait4 does.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

export type Measurement = {
  readonly wallSeconds: number;
  /** User and system time of the process and of all children it waited for. */
  readonly cpuSeconds: number;
  /** Largest resident set of any one process of the tree. */
  readonly peakMegabytes: number;
  readonly stdoutFile: string;
};

export type Command = { readonly file: string; readonly args: readonly string[]; readonly cwd?: string };

const WAIT4 = `
import os, subprocess, sys, time
began = time.monotonic()
child = subprocess.Popen(sys.argv[2:])
_, status, used = os.wait4(child.pid, 0)
scale = 1024 if sys.platform == 'darwin' else 1
with open(sys.argv[1], 'w') as report:
    report.write('%f %f %f %d' % (time.monotonic() - began, used.ru_utime, used.ru_stime, used.ru_maxrss // scale))
sys.exit(os.waitstatus_to_exitcode(status) & 255)
`;

/**
 * The stopwatch of this machine as the first words of a command, or undefined where there is none. Python's tells
 * microseconds, GNU time hundredths of a second; below Python's own 15 MB the peak cannot be told by it.
 */
export function findStopwatch(): Stopwatch | undefined {
  if (spawnSync('python3', ['-c', 'import os; os.wait4, os.waitstatus_to_exitcode']).status === 0)
    return (reportFile) => ['python3', '-c', WAIT4, reportFile];
  if (spawnSync('/usr/bin/time', ['--version'], { encoding: 'utf8' }).output?.join('').includes('GNU'))
    return (reportFile) => ['/usr/bin/time', '--quiet', '-f', '%e %U %S %M', '-o', reportFile];
  return undefined;
}

export type Stopwatch = (reportFile: string) => string[];

/** Runs a command under the stopwatch, its stdout into a file. A status other than 0 is an error. */
export function measure(command: Command, stopwatch: Stopwatch, scratch: string): Measurement {
  const reportFile = `${scratch}/resources.txt`;
  const stdoutFile = `${scratch}/stdout.txt`;
  const [file, ...args] = [...stopwatch(reportFile), command.file, ...command.args] as [string, ...string[]];
  const stdout = openSync(stdoutFile, 'w');
  const done = spawnSync(file, args, {
    stdio: ['ignore', stdout, 'pipe'],
    cwd: command.cwd,
    env: { ...process.env, LC_ALL: 'C' },
  });
  closeSync(stdout);
  if (done.error) throw done.error;
  if (done.status !== 0)
    throw new Error(`${command.file} ended with ${done.status}: ${done.stderr.toString().trim().slice(-500)}`);
  const [wall, user, system, kilobytes] = readFileSync(reportFile, 'utf8')
    .trim()
    .split('\n')
    .at(-1)!
    .split(' ')
    .map(Number);
  return { wallSeconds: wall!, cpuSeconds: user! + system!, peakMegabytes: kilobytes! / 1024, stdoutFile };
}
