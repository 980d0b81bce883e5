#!/usr/bin/env node
// A clone runs its TypeScript, as it is or, where nothing was changed since, as `npm ci` bundled it; an installed package its
// compiled JavaScript. Where Node is too old for these, the one that came with `npm ci` takes over.
import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import module from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';

const source = new URL('../src/cli/main.ts', import.meta.url);
const isClone = existsSync(source);
const [major, minor] = process.versions.node.split('.').map(Number);
// Types are stripped without a flag since Node 22.18; libraries want 22.12.
const isRecent = major > 22 || (major === 22 && minor >= (isClone ? 18 : 12));
const pinned = fileURLToPath(
  new URL(`../node_modules/.bin/node${process.platform === 'win32' ? '.cmd' : ''}`, import.meta.url),
);

if (isRecent) {
  // Halves the start: compiled code is kept beside the packages, where only who installed them can write.
  module.enableCompileCache?.(fileURLToPath(new URL('../node_modules/.cache/compile', import.meta.url)));
  const { main } = await load();
  await main(process.argv.slice(2));
  // What is written is out then. Without this, all that is in memory would be taken apart piece by piece, for 30 ms.
  process.stdout.write('', () => process.stderr.write('', () => process.exit()));
} else if (existsSync(pinned)) {
  const { spawn } = await import('node:child_process');
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
  return bundle === undefined ? import(source.href) : loadBundle(bundle);
}

// What require() does, and more: the compile cache keeps what is compiled at once, this what was compiled until the end, for
// each command. A tenth of a hunt.
function loadBundle({ path, made }) {
  const command = /^[a-z]+$/.test(process.argv[2] ?? '') ? process.argv[2] : 'other';
  const cache = `${dirname(path)}/${command}-${made}-${process.version}.code`;
  const script = new vm.Script(module.wrap(readFileSync(path, 'utf8')), {
    filename: path,
    cachedData: existsSync(cache) ? readFileSync(cache) : undefined,
  });
  if (script.cachedDataRejected !== false)
    process.once('exit', (status) => status !== 2 && keepCompiled(script, cache));
  const bundle = { exports: {} };
  script.runInThisContext()(bundle.exports, module.createRequire(path), bundle, path, dirname(path));
  return bundle.exports;
}

function keepCompiled(script, cache) {
  try {
    const unfinished = `${cache}.${process.pid}`;
    writeFileSync(unfinished, script.createCachedData());
    renameSync(unfinished, cache);
  } catch {
    // Who may not write there compiles each time.
  }
}

// scripts/bundle-command.ts made it, if nothing that it was made of is newer: asking takes some milliseconds, and saves 100.
function findBundle() {
  const path = fileURLToPath(new URL('../node_modules/.cache/command/main.cjs', import.meta.url));
  const made = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  if (made === undefined) return undefined;
  const isNewer = (file) => statSync(file).mtimeMs > made;
  const isChanged = (folder) =>
    isNewer(folder) ||
    readdirSync(folder, { withFileTypes: true }).some((entry) =>
      (entry.isDirectory() ? isChanged : isNewer)(`${folder}/${entry.name}`),
    );
  const root = fileURLToPath(new URL('..', import.meta.url));
  return isNewer(`${root}package-lock.json`) || isChanged(`${root}src`) ? undefined : { path, made };
}
