/** The lists of the deployed stack: what changes is shown, then the lists are put where the stack takes them from. */
import { UsageError } from '../../core/errors.ts';
import { compareIndicators } from '../../core/indicator-change.ts';
import type { ListText } from '../../core/indicator-list.ts';
import { CHANGE_COLUMNS, renderChanges } from '../indicator-tables.ts';
import { writeDocuments } from '../output.ts';
import type { CommandSettings } from '../settings.ts';
import { openTalk, sayListProblems } from '../talk.ts';
import { connectStack } from './stack-connection.ts';

export type ListKind = { readonly isAllow: boolean; readonly isDryRun: boolean };

/** What lies in the stack, by kind. */
type Lists = { readonly iocs: readonly ListText[]; readonly allow: readonly ListText[] };

/** Puts the lists into the stack; a list of the same name is replaced. */
export async function importLists(files: readonly string[], kind: ListKind, settings: CommandSettings): Promise<void> {
  const { readFiles } = await import('../../local/indicator-versions.ts');
  const texts = await readFiles(files);
  const names = texts.map(({ source }) => source);
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined) throw new UsageError(`two lists are named ${twice}: the stack knows a list by its name.`);
  await changeLists(kind, settings, {
    change: (before) => [...before.filter(({ source }) => !names.includes(source)), ...texts],
    put: texts,
    remove: [],
  });
}

/** Takes the lists of these names out. */
export async function removeLists(names: readonly string[], kind: ListKind, settings: CommandSettings): Promise<void> {
  await changeLists(kind, settings, {
    change: (before) => {
      const unknown = names.find((name) => !before.some(({ source }) => source === name));
      const all = before.map(({ source }) => source).join(', ') || 'none';
      if (unknown !== undefined) throw new UsageError(`the stack has no list named ${unknown}. Its lists: ${all}.`);
      return before.filter(({ source }) => !names.includes(source));
    },
    put: [],
    remove: names,
  });
}

type ListsChange = {
  readonly change: (before: readonly ListText[]) => readonly ListText[];
  readonly put: readonly ListText[];
  readonly remove: readonly string[];
};

async function changeLists(
  { isAllow, isDryRun }: ListKind,
  settings: CommandSettings,
  { change, put, remove }: ListsChange,
): Promise<void> {
  const { parseOwn } = await import('../../local/indicator-versions.ts');
  const { readIndicators, readLists } = await import('../../tasks/indicator-versions.ts');
  const { ALLOW, currentIndicators, INCOMING, readIncoming } = await import('../../tasks/indicators-in-force.ts');
  const { store, stack } = await connectStack(settings);
  const lying = await readIncoming(store);
  const lists: Lists = isAllow
    ? { ...lying, allow: byName(change(lying.allow)) }
    : { ...lying, iocs: byName(change(lying.iocs)) };
  const loaded = readLists({ ...lists, own: (settings.own ?? []).map(parseOwn) });
  const inForce = await readIndicators((await currentIndicators(store)).indicators, store);
  const changes = compareIndicators(inForce.indicators, loaded.indicators);
  const talk = openTalk(settings.isQuiet);
  const names = new Set(put.map(({ source }) => source));
  const problems = loaded.problems.filter(({ source }) => names.has(source));
  sayListProblems(talk, problems, loaded.indicators.length);
  await writeDocuments(changes, settings.format, { columns: CHANGE_COLUMNS, toTable: renderChanges });
  const allowed = `${inForce.allowed.length} → ${loaded.allowed.length} allowed`;
  const counts = `${inForce.indicators.length} → ${loaded.indicators.length} indicators, ${allowed}`;
  if (isDryRun) return talk.say(`flowhound: ${stack.name}: ${counts}; nothing was changed`);
  const prefix = isAllow ? ALLOW : INCOMING;
  for (const { source, text } of put) await store.put(`${prefix}${source}`, text);
  for (const name of remove) await store.remove(`${prefix}${name}`);
  talk.say(`flowhound: ${stack.name}: ${counts}; the stack takes them over within a minute and looks back.`);
  talk.say(`Next   npx flowhound findings --aws --stage ${settings.stage}`);
}

/** The first list that names an indicator gives its comment: in the stack, by name. */
function byName(lists: readonly ListText[]): ListText[] {
  return [...lists].sort((a, b) => (a.source < b.source ? -1 : 1));
}
