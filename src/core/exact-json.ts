/** JSON in which integers stay exact beyond 2^53: bigint on our side, plain digits in the text. */

/** In the language since Node 21, in TypeScript's library not yet. */
const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown };

/** One line of JSON; bigints become integers. */
export function toJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? rawJSON(item.toString()) : item), indent);
}

/**
 * 2^53 has 16 digits: without as many in a row there is no integer that a number cannot hold, and a reviver takes thrice the
 * time. Names in hex have them too, where no number stands.
 */
const LARGE = /(?:^|[\s:,[])-?\d{16}/;

/** Reads JSON back: integers that a number cannot hold become bigints. */
export function fromJson<T>(text: string): T {
  if (!LARGE.test(text)) return JSON.parse(text) as T;
  return JSON.parse(text, (_key, item, context?: { source?: string }) => {
    if (typeof item !== 'number' || Number.isSafeInteger(item)) return item;
    const source = context?.source ?? '';
    return /^-?\d+$/.test(source) ? BigInt(source) : item;
  }) as T;
}
