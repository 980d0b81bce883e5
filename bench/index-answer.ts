/**
 * Which log objects hold an address of the list, from the address index of a home: the question of a retro-hunt, before
 * anything is read again. The list is compiled, as versions of the indicators are stored.
 *
 *     node bench/index-answer.ts <home> <compiled list>
 */
import { basename, dirname } from 'node:path';
import { openIndicatorSet } from '../src/core/indicator-set.ts';
import { openFolderStore } from '../src/local/folder-store.ts';
import { printAnswer } from './print-answer.ts';

void main();

async function main(): Promise<void> {
  const [home = '', list = ''] = process.argv.slice(2);
  const compiled = await openFolderStore(dirname(list)).bytes(basename(list));
  await printAnswer(openIndicatorSet(compiled!), home);
}
