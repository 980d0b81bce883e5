/** Finds a JDK of 24 or later: `JAVA_HOME_24`, `JAVA_HOME`, the java on the path, and what is installed beside it. */
import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** Classes of Trino 476 are Java 24. */
const LEAST_VERSION = 24;

/** Path of its `java`, or undefined if there is none. */
export function findJdk(): string | undefined {
  const homes = [process.env.JAVA_HOME_24, process.env.JAVA_HOME, ...findInstalled()];
  const home = homes.find((candidate) => candidate !== undefined && versionOf(candidate) >= LEAST_VERSION);
  return home === undefined ? undefined : join(home, 'bin', 'java');
}

/** The standard output of a one-file Java program run with the jars of a folder. */
export function runJava(java: string, jars: string, program: string, files: readonly string[]): string {
  const options: ExecFileSyncOptionsWithStringEncoding = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
  return execFileSync(java, ['-cp', join(jars, '*'), program, ...files], options);
}

function findInstalled(): string[] {
  const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'java'));
  const java = onPath.find((path) => existsSync(path));
  if (java === undefined) return [];
  const home = dirname(dirname(realpathSync(java)));
  const siblings = readdirSync(dirname(home)).map((name) => join(dirname(home), name));
  return [home, ...siblings];
}

/** A JDK says its version in the file `release`; a runtime without a compiler is none. */
function versionOf(home: string): number {
  const release = join(home, 'release');
  if (!existsSync(release) || !existsSync(join(home, 'bin', 'javac'))) return 0;
  return Number(/JAVA_VERSION="(\d+)/.exec(readFileSync(release, 'utf8'))?.[1] ?? 0);
}
