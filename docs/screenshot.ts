/**
 * docs/demo.svg: the demo run for real in a terminal of 140 columns (by `script`, from util-linux), and what the screen shows
 * then. The folder of the clone reads as ~/flowhound in it; nothing else is changed.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toScreen, toSvg, wrapScreen } from './terminal-svg.ts';

const COLUMNS = 140;
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PICTURE = new URL('demo.svg', import.meta.url);
const COMMAND = 'npx flowhound demo';

const folder = mkdtempSync(join(tmpdir(), 'flowhound-screenshot-'));
try {
  const typescript = join(folder, 'typescript');
  const demo = `stty cols ${COLUMNS} rows 60; '${process.execPath}' '${join(ROOT, 'bin/flowhound.js')}' demo`;
  execFileSync('script', ['--quiet', '--return', '--command', demo, typescript], { cwd: folder, stdio: 'ignore' });
  // Its first and last line are `script` talking.
  const output = readFileSync(typescript, 'utf8').split('\n').slice(1).join('\n').split('\nScript done on')[0]!;
  const shown = `$ ${COMMAND}\r\n${output.replaceAll(ROOT, '~/flowhound/')}`;
  const screen = wrapScreen(toScreen(shown), COLUMNS);
  writeFileSync(PICTURE, toSvg(screen, COLUMNS, COMMAND));
  console.error(`docs/demo.svg: ${screen.length} lines`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
