/** Seeded pseudo-random numbers: the same seed gives the same sequence on every machine. */

export type Random = {
  /** Whole number from 0 to limit − 1. */
  below(limit: number): number;
  /** Whole number from low to high, both included. */
  between(low: number, high: number): number;
  /** 0 ≤ x < 1. */
  unit(): number;
  /** Like below, but low numbers are far more likely: the power sets how much. */
  skewed(limit: number, power: number): number;
  pick<T>(list: readonly T[]): T;
};

/** Xorshift with a multiplied output. Only exact arithmetic, no Math.log or Math.pow: those may differ in the last bit. */
export function createRandom(seed: number): Random {
  let state = Math.imul(seed | 0, 0x9e3779b1) ^ 0x5bd1e995 || 1;
  const unit = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (Math.imul(state, 0x2545f491) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(unit() * limit);
  const skewed = (limit: number, power: number): number => {
    const draw = unit();
    let product = draw;
    for (let i = 1; i < power; i++) product *= draw;
    return Math.floor(product * limit);
  };
  return {
    below,
    unit,
    skewed,
    between: (low, high) => low + below(high - low + 1),
    pick: (list) => list[below(list.length)]!,
  };
}
