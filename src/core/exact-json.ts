/** JSON in which integers stay exact beyond 2^53: bigint on our side, plain digits in the text. */

/** In the language since Node 21, in TypeScript's library not yet. */
const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown };

/** One line of JSON; bigints become integers. */
export function toJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? rawJSON(item.toString()) : item), indent);
}

/** Reads JSON back: integers that a number cannot hold become bigints. */
export function fromJson<T>(text: string): T {
  return JSON.parse(text, (_key, item, context?: { source?: string }) => {
    if (typeof item !== 'number' || Number.isSafeInteger(item)) return item;
    const source = context?.source ?? '';
    return /^-?\d+$/.test(source) ? BigInt(source) : item;
  }) as T;
}
