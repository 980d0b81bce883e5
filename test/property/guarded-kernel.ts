/**
 * The scan kernel, compiled for tests so that each of its reads and writes is checked: every static array stands between red
 * zones, the indicator set's columns have exact bounds, and an access that is not wholly within one of them traps.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileKernel, type KernelModule } from '../../src/core/scan-kernel.ts';

const ROOT = join(import.meta.dirname, '../..');
const ASC = join(ROOT, 'node_modules/assemblyscript/bin/asc.js');
const RED_BYTES = 32_768;
/** Of arrays with contents, whose red zones are listed element by element. */
const LISTED_RED_ELEMENTS = 64;

const GUARD = `
const SHADOW: usize = (__heap_base + 65535) & ~65535;
export const HEAP: usize = SHADOW + SHADOW;
const COLUMNS: usize = memory.data(8 * 16);
let columns: usize = COLUMNS;
memory.grow(((HEAP - ((memory.size() as usize) << 16) + 65535) >> 16) as i32);

export function allow(at: usize, bytes: usize): void {
  if (at >= HEAP) {
    store<usize>(columns, at);
    store<usize>(columns, at + bytes, 4);
    columns += 8;
  } else memory.fill(SHADOW + at, 1, bytes);
}

function check(at: usize, bytes: usize): void {
  if (bytes == 0) return;
  const last = at + bytes - 1;
  if (last < at) unreachable();
  if (last < SHADOW) {
    // The red zones are wider than any access of this kind, but not than a copy.
    if (load<u8>(SHADOW + at) == 0 || load<u8>(SHADOW + last) == 0) unreachable();
    for (let i = at; bytes > 16 && i < last; i += 64) if (load<u8>(SHADOW + i) == 0) unreachable();
    return;
  }
  for (let i = COLUMNS; i < columns; i += 8) if (at >= load<usize>(i) && last < load<usize>(i, 4)) return;
  unreachable();
}

export function guardedLoad<T>(at: usize, offset: usize = 0): T {
  check(at + offset, sizeof<T>());
  return load<T>(at + offset);
}
export function guardedStore<T>(at: usize, value: u64, offset: usize = 0): void {
  check(at + offset, sizeof<T>());
  store<T>(at + offset, value as T);
}
export function guardedLoadVector(at: usize, offset: usize = 0): v128 {
  check(at + offset, 16);
  return v128.load(at + offset);
}
export function guardedStoreVector(at: usize, value: v128, offset: usize = 0): void {
  check(at + offset, 16);
  v128.store(at + offset, value);
}
export function guardedCopy(to: usize, from: usize, bytes: usize): void {
  check(to, bytes);
  check(from, bytes);
  memory.copy(to, from, bytes);
}
export function guardedCompare(a: usize, b: usize, bytes: usize): i32 {
  check(a, bytes);
  check(b, bytes);
  return memory.compare(a, b, bytes);
}
export function guardedFill(to: usize, value: u8, bytes: usize): void {
  check(to, bytes);
  memory.fill(to, value, bytes);
}
`;

const ACCESSES: readonly (readonly [RegExp, string])[] = [
  [/\bv128\.load\(/g, 'guardedLoadVector('],
  [/\bv128\.store\(/g, 'guardedStoreVector('],
  [/(?<![.\w])load</g, 'guardedLoad<'],
  [/(?<![.\w])store</g, 'guardedStore<'],
  [/\bmemory\.copy\(/g, 'guardedCopy('],
  [/\bmemory\.fill\(/g, 'guardedFill('],
  [/\bmemory\.compare\(/g, 'guardedCompare('],
];
const ELEMENT_BYTES: Readonly<Record<string, number>> = { u8: 1, u16: 2, u32: 4, u64: 8 };

/** `shrunk` is the array, by its name and file, that counts as half as long: so tests see that the guard would trap. */
export function compileGuardedKernel(shrunk = ''): KernelModule {
  const folder = mkdtempSync(join(tmpdir(), 'flowhound-kernel-'));
  try {
    for (const file of readdirSync(join(ROOT, 'scanner')).filter((name) => name.endsWith('.ts'))) {
      writeFileSync(join(folder, file), guard(readFileSync(join(ROOT, 'scanner', file), 'utf8'), file, shrunk));
    }
    writeFileSync(join(folder, 'guard.ts'), GUARD);
    const output = join(folder, 'kernel.wasm');
    const options =
      '-O1 --debug --runtime stub --enable simd --enable relaxed-simd --use abort= --disableWarning'.split(' ');
    execFileSync(process.execPath, [ASC, join(folder, 'kernel.ts'), '--outFile', output, ...options]);
    return compileKernel(readFileSync(output));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The source of one file with all its accesses checked and its arrays between red zones. */
function guard(source: string, file: string, shrunk: string): string {
  const arrays: string[] = [];
  let text = source.replace(
    /const (\w+): usize = memory\.data(?:<(\w+)>)?\(([^;]*?)\);/g,
    (_all, name: string, type: string | undefined, content: string) => {
      const { data, bytes } = type === undefined ? zoned(content) : zonedList(content, type);
      const allowed = `${file}/${name}` === shrunk ? `(${bytes}) / 2` : bytes;
      arrays.push(`allow(${name}, ${allowed});`);
      return `const ${name}: usize = ${data};`;
    },
  );
  for (const [access, guarded] of ACCESSES) text = text.replace(access, guarded);
  text = text.replaceAll('__heap_base', 'HEAP').replace(/export function (setIpv[46])\(/g, 'function plain_$1(');
  refuseUnguarded(text, file, arrays.length);
  const columns = file === 'indicators.ts' ? GUARDED_COLUMNS : '';
  const names =
    'allow, guardedCompare, guardedCopy, guardedFill, guardedLoad, guardedLoadVector, guardedStore, guardedStoreVector, HEAP';
  return `import { ${names} } from './guard';\n${text}\n${columns}\n${arrays.join('\n')}\n`;
}

const GUARDED_COLUMNS = `
export function setIpv4(count: u32, starts: usize, ends: usize, buckets: usize, filterAt: usize, filterBits: u32): void {
  allow(starts, count << 2);
  allow(ends, count << 2);
  allow(buckets, 65537 << 2);
  allow(filterAt, (1 << filterBits) >> 3);
  plain_setIpv4(count, starts, ends, buckets, filterAt, filterBits);
}
export function setIpv6(count: u32, starts: usize, ends: usize, filterAt: usize, mask: u32): void {
  allow(starts, count << 4);
  allow(ends, count << 4);
  allow(filterAt, 65536);
  plain_setIpv6(count, starts, ends, filterAt, mask);
}`;

function zoned(content: string): { data: string; bytes: string } {
  const [bytes, align] = content.split(/,\s*(?=\d+$)/) as [string, string];
  return { data: `memory.data(${RED_BYTES} + ${bytes} + ${RED_BYTES}, ${align}) + ${RED_BYTES}`, bytes };
}

function zonedList(content: string, type: string): { data: string; bytes: string } {
  const elements = content
    .replace(/[[\]\s]/g, '')
    .split(',')
    .filter((text) => text !== '');
  const red = Array<string>(LISTED_RED_ELEMENTS).fill('0');
  const size = ELEMENT_BYTES[type]!;
  const list = [...red, ...elements, ...red].join(', ');
  return {
    data: `memory.data<${type}>([${list}]) + ${LISTED_RED_ELEMENTS * size}`,
    bytes: String(elements.length * size),
  };
}

/** An access in a form that is not known here would go unchecked. */
function refuseUnguarded(text: string, file: string, arrays: number): void {
  const left =
    /v128\.(load|store)|memory\.(?!data\b)[a-z]|\b(i8x16|i16x8|i32x4|i64x2|[iuf]\d+)\.(load|store)|atomic/.exec(text);
  if (left !== null) throw new Error(`scanner/${file}: "${left[0]}" is not guarded`);
  const found = text.split('memory.data').length - 1;
  if (found !== arrays) throw new Error(`scanner/${file}: ${found} arrays, ${arrays} of them guarded`);
}
