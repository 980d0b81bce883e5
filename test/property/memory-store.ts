/** A store in memory that several can use at once. For tests only. */
import { createHash } from 'node:crypto';
import type { ObjectStore } from '../../src/ports.ts';

/** Before and after each effect: here others go on, and here a run may end. */
export type Tick = () => Promise<void>;

/** Which objects are bytes, kept as text of one byte a character: the same to all stores over them. */
const binaryKeys = new WeakMap<Map<string, string>, Set<string>>();

/** The version is the text's, as an ETag is: what comes back to an old text comes back to its old version. */
export function openMemoryStore(objects: Map<string, string>, tick: Tick = async () => {}): ObjectStore {
  const versionOf = (text: string | undefined) =>
    text === undefined ? undefined : createHash('md5').update(text).digest('hex');
  const during = async <Result>(effect: () => Result): Promise<Result> => {
    await tick();
    const result = effect();
    await tick();
    return result;
  };
  const binary = binaryKeys.get(objects) ?? new Set();
  binaryKeys.set(objects, binary);
  const encodingOf = (key: string) => (binary.has(key) ? 'latin1' : 'utf8');
  const readText = (key: string) => {
    const text = objects.get(key);
    return text === undefined || !binary.has(key) ? text : Buffer.from(text, 'latin1').toString();
  };
  return {
    get: (key) => during(() => readText(key)),
    read: (key) =>
      during(() => {
        const text = readText(key);
        return text === undefined ? undefined : { text, version: versionOf(text)! };
      }),
    bytes: (key, range) =>
      during(() => {
        const text = objects.get(key);
        if (text === undefined) return undefined;
        const bytes = Buffer.from(text, encodingOf(key));
        if (range === undefined) return bytes;
        return 'last' in range
          ? bytes.subarray(Math.max(0, bytes.length - range.last))
          : bytes.subarray(range.from, range.from + range.length);
      }),
    put: async (key, body) => {
      if (typeof body === 'string') {
        binary.delete(key);
        return during(() => void objects.set(key, body));
      }
      const bytes = body instanceof Uint8Array ? Buffer.from(body) : Buffer.concat(await Array.fromAsync(body));
      binary.add(key);
      await during(() => void objects.set(key, bytes.toString('latin1')));
    },
    replace: (key, text, version) =>
      during(() => {
        if (versionOf(objects.get(key)) !== version) return false;
        objects.set(key, text);
        return true;
      }),
    remove: (key, version) =>
      during(() => {
        if (version !== undefined && versionOf(objects.get(key)) !== version) return false;
        objects.delete(key);
        return true;
      }),
    async *list(prefix) {
      const keys = await during(() => [...objects.keys()].filter((key) => key.startsWith(prefix)));
      yield* keys;
    },
  };
}
