/**
 * Which log objects hold an address of the list, from the address index of a home: the question of a retro-hunt, before
 * anything is read again. The list is text, or compiled as versions of the indicators are stored (`….bin`).
 *
 *     node bench/index-answer.ts <home> <IOC list>
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compileIndicators, openIndicatorSet } from '../src/core/indicator-set.ts';
import { openFolderStore } from '../src/local/folder-store.ts';
import { loadIndicators } from '../src/local/indicator-versions.ts';
import { findObjects } from '../src/tasks/find-objects.ts';

const [home = '', list = ''] = process.argv.slice(2);
const set = list.endsWith('.bin') ? openIndicatorSet(await readFile(list)) : await compileText(list);
const days = (await readdir(join(home, 'addresses'))).map((name) => name.replace('date=', '')).sort();
const ever = { from: days[0]!, to: days.at(-1)!, accounts: [], regions: [] };
const { holding, damaged } = await findObjects(set, ever, openFolderStore(home));
console.log(JSON.stringify({ objects: holding.length, damaged: damaged.length }));

async function compileText(path: string): Promise<ReturnType<typeof openIndicatorSet>> {
  const { indicators } = await loadIndicators({ iocs: [path], allow: [], own: [] });
  return compileIndicators(indicators);
}
