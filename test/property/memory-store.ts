/** A store in memory that several can use at once. For tests only. */
import { createHash } from 'node:crypto';
import type { ObjectStore } from '../../src/ports.ts';

/** Before and after each effect: here others go on, and here a run may end. */
export type Tick = () => Promise<void>;

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
  return {
    get: (key) => during(() => objects.get(key)),
    read: (key) =>
      during(() => {
        const text = objects.get(key);
        return text === undefined ? undefined : { text, version: versionOf(text)! };
      }),
    put: async (key, body) => {
      const text = typeof body === 'string' ? body : Buffer.concat(await Array.fromAsync(body)).toString();
      await during(() => void objects.set(key, text));
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
