/**
 * Which log objects hold an address of the list, from the address index of a home: the question of a retro-hunt, before
 * anything is read again. The list is text, or compiled as versions of the indicators are stored (`….bin`).
 *
 *     node bench/index-answer.ts <home> <IOC list>
 */
import module from 'node:module';
import { fileURLToPath } from 'node:url';

// As bin/flowhound.js does: what TypeScript is stripped to is kept.
module.enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/compile', import.meta.url)));
const { readdir, readFile } = await import('node:fs/promises');
const { join } = await import('node:path');
const { compileIndicators, openIndicatorSet } = await import('../src/core/indicator-set.ts');
const { openFolderStore } = await import('../src/local/folder-store.ts');
const { findObjects } = await import('../src/tasks/find-objects.ts');

const [home = '', list = ''] = process.argv.slice(2);
const set = list.endsWith('.bin') ? openIndicatorSet(await readFile(list)) : await compileText(list);
const days = (await readdir(join(home, 'addresses'))).map((name) => name.replace('date=', '')).sort();
const ever = { from: days[0]!, to: days.at(-1)!, accounts: [], regions: [] };
const { holding, damaged } = await findObjects(set, ever, openFolderStore(home));
console.log(JSON.stringify({ objects: holding.length, damaged: damaged.length }));

async function compileText(path: string): Promise<ReturnType<typeof openIndicatorSet>> {
  const { loadIndicators } = await import('../src/local/indicator-versions.ts');
  const { indicators } = await loadIndicators({ iocs: [path], allow: [], own: [] });
  return compileIndicators(indicators);
}
