/** `npm run lock`, after every `npm install`: fills the gaps that a registry mirror left in package-lock.json. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fillLockGaps, findLockGaps, type Lock } from './lock-gaps.ts';

const PATH = new URL('../package-lock.json', import.meta.url);

const lock: Lock = JSON.parse(readFileSync(PATH, 'utf8'));
const gaps = findLockGaps(lock);
const vague = gaps.find(({ wanted }) => !/^\d+\.\d+\.\d+/.test(wanted));
if (vague !== undefined)
  throw new Error(`${vague.path}: "${vague.wanted}" is no exact version; pin its parent to another.`);
if (gaps.length > 0) writeFileSync(PATH, `${JSON.stringify(fillLockGaps(lock, gaps), null, 2)}\n`);
console.error(`package-lock.json: ${gaps.length} platform packages added`);
