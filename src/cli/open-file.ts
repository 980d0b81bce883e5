/** A file is shown by what the desktop has for it. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import type { Talk } from './talk.ts';

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['explorer.exe'],
};

/** Never fails: where there is no desktop, the file is there all the same. */
export function openFile(path: string, talk: Talk): void {
  const [command, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(command, [...args, resolve(path)], { stdio: 'ignore', detached: true });
  child.on('error', () => talk.say(`flowhound: ${command} is not there to open it: open the file yourself.`));
  child.unref();
}
