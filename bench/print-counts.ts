/** Prints what a program counted and ends it, as the command ends: the console takes 3 ms to load, taking apart what is in memory 5. */
export function printCounts(counts: object): never {
  process.getBuiltinModule('node:fs').writeSync(1, `${JSON.stringify(counts)}\n`);
  process.exit();
}
