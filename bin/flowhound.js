#!/usr/bin/env node
// A clone runs its TypeScript, as it is or, where nothing was changed since, as `npm ci` bundled it; an installed package its
// compiled JavaScript. Where Node is too old for these, the one that came with `npm ci` takes over.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const source = new URL('../src/cli/main.ts', import.meta.url);
const isClone = existsSync(source);
const [major, minor] = process.versions.node.split('.').map(Number);
// Types are stripped without a flag since Node 22.18; process.getBuiltinModule is there since 22.3.
const isRecent = major > 22 || (major === 22 && minor >= (isClone ? 18 : 3));
const pinned = fileURLToPath(
  new URL(`../node_modules/.bin/node${process.platform === 'win32' ? '.cmd' : ''}`, import.meta.url),
);

if (isRecent) {
  // Halves the start: compiled code is kept beside the packages, where only who installed them can write.
  module.enableCompileCache?.(fileURLToPath(new URL('../node_modules/.cache/compile', import.meta.url)));
  const { main } = await load();
  await main(process.argv.slice(2));
} else if (existsSync(pinned)) {
  const child = spawn(pinned, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (status, signal) => {
    process.exitCode = status ?? (signal === 'SIGINT' ? 130 : 1);
  });
} else {
  console.error(
    `flowhound: Node ${process.versions.node} is too old. Use Node 22.18 or newer, or run npm ci, which brings one.`,
  );
  process.exitCode = 2;
}

async function load() {
  if (!isClone) return import(new URL('../dist/cli/main.js', import.meta.url).href);
  const bundle = findBundle();
  // What import() does to tell the names in CommonJS takes longer.
  return bundle === undefined ? import(source.href) : module.createRequire(import.meta.url)(bundle);
}

// scripts/bundle-command.ts made it, if nothing that it was made of is newer: asking takes some milliseconds, and saves 100.
function findBundle() {
  const bundle = fileURLToPath(new URL('../node_modules/.cache/command/main.cjs', import.meta.url));
  const made = statSync(bundle, { throwIfNoEntry: false })?.mtimeMs;
  if (made === undefined) return undefined;
  const isNewer = (path) => statSync(path).mtimeMs > made;
  const isChanged = (folder) =>
    isNewer(folder) ||
    readdirSync(folder, { withFileTypes: true }).some((entry) =>
      (entry.isDirectory() ? isChanged : isNewer)(`${folder}/${entry.name}`),
    );
  const root = fileURLToPath(new URL('..', import.meta.url));
  return isNewer(`${root}package-lock.json`) || isChanged(`${root}src`) ? undefined : bundle;
}
