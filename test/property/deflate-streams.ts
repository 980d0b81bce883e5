/** Random deflate data: blocks of every kind with codes of every shape, and such as are wrong in one place. For tests only. */
import { createRandom, type Random } from '../../demo/random.ts';
import {
  BitWriter,
  type Block,
  distanceBase,
  distanceExtra,
  lengthBase,
  lengthExtra,
  putDynamic,
  putFixed,
  putStored,
  type Step,
} from './deflate-writer.ts';

const HEADER = 'version srcaddr dstaddr bytes end log-status\n';
const LINES = [
  '2 10.0.0.1 203.0.113.9 40 1788220800 OK\n',
  '2 - - - - NODATA\n',
  '2 2001:db8:77::1 ::1 1 2 OK\r\n',
  '\n',
];
/** Bytes that make fields and lines, and any others. */
const ALPHABETS = ['0123456789. \n', '2 10.203.113.9\nOK:', 'ab\n', '', ''];
const LENGTH_SYMBOLS = Array.from({ length: 29 }, (_, i) => 257 + i);
const DISTANCE_SYMBOLS = Array.from({ length: 30 }, (_, i) => i);

export function randomBytes(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random.below(256)));
}

function shuffle<T>(random: Random, values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, place: random.unit() }))
    .sort((a, b) => a.place - b.place)
    .map(({ value }) => value);
}

/** Lengths of a complete code of these symbols, up to fifteen bits. A single one has one bit. */
export function completeLengths(random: Random, symbols: readonly number[]): number[] {
  const depths = [0];
  const isChain = random.below(2) === 0;
  while (depths.length < symbols.length) {
    const open = [...depths.keys()].filter((i) => depths[i]! < 15);
    const at = isChain && random.below(5) > 0 ? open.at(-1)! : random.pick(open);
    depths.splice(at, 1, depths[at]! + 1, depths[at]! + 1);
  }
  const lengths = Array<number>(Math.max(...symbols) + 1).fill(0);
  for (const [i, symbol] of shuffle(random, symbols).entries()) lengths[symbol] = Math.max(1, depths[i]!);
  return lengths;
}

type Alphabet = Pick<Block, 'literals' | 'distances'>;

function soundAlphabet(random: Random): Alphabet {
  const chosen = random.pick(ALPHABETS);
  const bytes = chosen === '' ? randomBytes(random, random.pick([1, 8, 200])) : Buffer.from(chosen);
  const lengths = shuffle(random, LENGTH_SYMBOLS).slice(0, random.pick([0, 1, 4, 29]));
  const distances = shuffle(random, DISTANCE_SYMBOLS).slice(0, random.pick([0, 1, 2, 9, 30]));
  return {
    literals: completeLengths(random, [...new Set([...bytes, 256]), ...lengths]),
    distances: distances.length === 0 ? [] : completeLengths(random, distances),
  };
}

/** Steps that an alphabet can say, whose distances reach back to what is there: `written` bytes at first. */
function soundSteps(random: Random, { literals, distances }: Alphabet, written: number): Step[] {
  const usable = (lengths: readonly number[]) => [...lengths.keys()].filter((i) => lengths[i]! > 0);
  const symbols = usable(literals).filter((symbol) => symbol !== 256);
  const steps: Step[] = [];
  let there = written;
  for (let i = random.below(random.pick([2, 30, 400])); i > 0; i--) {
    const symbol = random.pick(symbols);
    const near = symbol < 256 ? [] : usable(distances).filter((one) => distanceBase(one) <= there);
    if (symbol < 256) steps.push({ literal: symbol });
    else if (near.length === 0) continue;
    else {
      const distance = random.pick(near);
      const room = Math.min(there, 32_768) - distanceBase(distance) + 1;
      const distanceBits = random.below(Math.min(room, 1 << distanceExtra(distance)));
      steps.push({ length: symbol, lengthBits: random.below(1 << lengthExtra(symbol)), distance, distanceBits });
    }
    there += sizeOf(steps.at(-1)!);
  }
  return steps;
}

function sizeOf(step: Step): number {
  return 'literal' in step ? 1 : lengthBase(step.length) + step.lengthBits;
}

/** What is written instead of a sound dynamic block. */
export type Spoil = (to: BitWriter, block: Block, isLast: boolean, random: Random) => void;

const putSound: Spoil = (to, block, isLast) => putDynamic(to, block, isLast);

/** Raw deflate data of several blocks: a header and records, then whatever the codes say. */
export function deflateStream(seed: number, putBlock: Spoil = putSound): Buffer {
  const random = createRandom(seed);
  const to = new BitWriter();
  // A long text now and then: distances reach back to it with all their bits.
  const lines = random.below(random.pick([2, 30, 30, 1500]));
  const text = Buffer.from(HEADER + Array.from({ length: lines }, () => random.pick(LINES)).join(''));
  putStored(to, text, false);
  let written = text.length;
  for (let left = random.below(6); left >= 0; left--) {
    const kind = random.below(8);
    const bytes = randomBytes(random, random.pick([0, 1, 700]));
    if (kind === 0) {
      putStored(to, bytes, left === 0);
      written += bytes.length;
      continue;
    }
    const isFixed = kind === 1;
    const alphabet = isFixed
      ? { literals: Array<number>(286).fill(8), distances: Array<number>(30).fill(5) }
      : soundAlphabet(random);
    const steps = soundSteps(random, alphabet, written);
    if (isFixed) putFixed(to, steps, left === 0);
    else putBlock(to, { ...alphabet, steps, isEnded: true }, left === 0, random);
    for (const step of steps) written += sizeOf(step);
  }
  return to.finish();
}

/** Ways to be wrong that no flipped bit finds soon. */
export const SPOILS: Readonly<Record<string, Spoil>> = {
  'a literal code too many': (to, block, isLast, random) =>
    putDynamic(to, { ...block, literals: changed(block.literals, random, 286) }, isLast),
  'a distance code too many or too few': (to, block, isLast, random) =>
    putDynamic(to, { ...block, distances: changed(block.distances, random, 30) }, isLast),
  'length symbols 286 and 287': (to, block, isLast, random) => {
    const literals = completeLengths(random, [256, 285, random.pick([286, 287]), 65]);
    putDynamic(
      to,
      { ...block, literals, steps: block.steps.flatMap((step) => [step, { literal: 286 }, { literal: 287 }]) },
      isLast,
    );
  },
  'distance symbols 30 and 31': (to, block, isLast, random) => {
    const distances = completeLengths(random, [0, 1, random.pick([30, 31]), 2]);
    putDynamic(to, { ...block, distances, steps: [...block.steps, ...far(30), ...far(31)] }, isLast);
  },
  'fixed symbols 286, 287, distances 30, 31': (to, block, isLast, random) => {
    const odd: Step[] = random.pick([[{ literal: 286 }], [{ literal: 287 }], far(30), far(31)]);
    putFixed(to, [...block.steps, ...odd], isLast);
  },
  'a distance before the beginning': (to, block, isLast) => putFixed(to, [...block.steps, ...far(29)], isLast),
  'no end of block': (to, block, isLast) => putDynamic(to, { ...block, isEnded: false }, isLast),
  'no code for the end of block': (to, block, isLast) =>
    putDynamic(to, { ...block, literals: block.literals.map((length, i) => (i === 256 ? 0 : length)) }, isLast),
  'a code of the code lengths that is none': (to, block, isLast, random) => {
    const codeLengths = Array.from({ length: 19 }, () => random.below(8));
    putDynamic(to, block, isLast, codeLengths);
  },
  'a stored length and a wrong complement': (to, _block, isLast, random) =>
    putStored(to, randomBytes(random, 9), isLast, 9, random.below(65_536)),
  'a stored length beyond the end': (to, _block, _isLast, random) =>
    putStored(to, randomBytes(random, 9), true, 60_000),
  'a block of type 3': (to) => void to.put(6, 3),
};

function far(distance: number): Step[] {
  return [{ length: 257, lengthBits: 0, distance, distanceBits: 8191 }];
}

/** One length is another: then the code is over- or undersubscribed, or by chance another one. */
function changed(lengths: readonly number[], random: Random, symbols: number): number[] {
  const spoiled = Array.from(
    { length: Math.max(lengths.length, random.below(symbols + 1)) },
    (_, i) => lengths[i] ?? 0,
  );
  spoiled[random.below(symbols)] = random.below(16);
  return Array.from(spoiled, (length) => length ?? 0);
}
