/**
 * Platform packages that package-lock.json lacks. A registry mirror that has not (yet) a version for every platform makes
 * npm leave those out of the lock, and then `npm ci` fails for everyone, with "Missing: … from lock file".
 */

export type LockEntry = {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
} & Readonly<Record<string, unknown>>;
export type Lock = { readonly packages: Readonly<Record<string, LockEntry>> } & Readonly<Record<string, unknown>>;

/** An optional dependency without an entry, and the entry it should have. */
export type Gap = { readonly path: string; readonly wanted: string; readonly entry: LockEntry };

const OPERATING_SYSTEMS = ['darwin', 'linux', 'win32', 'android', 'freebsd', 'openharmony'];
const PROCESSORS = ['arm64', 'x64', 'arm', 'ppc64', 'riscv64', 's390x', 'ia32'];

/** Every optional dependency that no entry answers to. */
export function findLockGaps({ packages }: Lock): Gap[] {
  return Object.entries(packages).flatMap(([parent, { optionalDependencies = {}, dev }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !isResolved(packages, parent, name))
      .map(([name, wanted]) => ({ path: `node_modules/${name}`, wanted, entry: toEntry(name, wanted, dev === true) })),
  );
}

/** The lock with its gaps filled, keys in npm's order. */
export function fillLockGaps(lock: Lock, gaps: readonly Gap[]): Lock {
  const packages = [...Object.entries(lock.packages), ...gaps.map(({ path, entry }) => [path, entry] as const)];
  packages.sort(([a], [b]) => a.localeCompare(b, 'en'));
  return { ...lock, packages: Object.fromEntries(packages) };
}

/** As Node looks: in the parent's own node_modules, then in those above it. */
function isResolved(packages: Lock['packages'], parent: string, name: string): boolean {
  const own = parent === '' ? '' : `${parent}/`;
  if (`${own}node_modules/${name}` in packages) return true;
  if (parent === '') return false;
  return isResolved(packages, parent.slice(0, Math.max(0, parent.lastIndexOf('/node_modules/'))), name);
}

/** What the name says: `…-linux-arm64-musl`. Without an integrity npm takes the version as its registry has it. */
function toEntry(name: string, version: string, isDev: boolean): LockEntry {
  const words = name.split('/').at(-1)!.split('-');
  const os = OPERATING_SYSTEMS.filter((system) => words.includes(system));
  const cpu = PROCESSORS.filter((processor) => words.includes(processor));
  const libc = words.includes('musl') ? ['musl'] : words.includes('gnu') ? ['glibc'] : [];
  return {
    version,
    ...(cpu.length > 0 ? { cpu } : {}),
    ...(isDev ? { dev: true } : {}),
    ...(libc.length > 0 ? { libc } : {}),
    optional: true,
    ...(os.length > 0 ? { os } : {}),
  };
}
