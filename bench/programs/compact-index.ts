/**
 * Compacts the address index of a home by day, as the scheduled sweep does.
 *
 *     node bench/programs/compact-index.ts <home>
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openFolderStore } from '../../src/local/folder-store.ts';
import { compactDays } from '../../src/tasks/compact-addresses.ts';

const [home = ''] = process.argv.slice(2);
const days = readdirSync(join(home, 'addresses')).map((name) => name.replace('date=', ''));
const { written, damaged, isDone } = await compactDays(days, 1, openFolderStore(home));
if (damaged.length > 0 || !isDone) throw new Error(`not all was compacted: ${JSON.stringify(damaged)}`);
console.log(written);
