/**
 * Which addresses fare otherwise under one version of the indicators than under another: those that another indicator is
 * credited with, or the same one with another comment or source, or inside of others. A log object that holds none of them
 * shows the same under both, whatever else the lists say.
 */
import type { AddressRange, RangeList } from './address-ranges.ts';
import { readIndicatorFile, type SetColumns } from './indicator-file.ts';
import { NOBODY } from './indicator-ranges.ts';
import type { IndicatorSet } from './indicator-set.ts';

/** What the second version changes against the first: disjoint ranges, ascending. */
export function findChangedAddresses(before: IndicatorSet, after: IndicatorSet): RangeList {
  const [a, b] = [readIndicatorFile(before.bytes).columns, readIndicatorFile(after.bytes).columns];
  const isSame = compareCredits(a, b);
  return {
    ipv4: [...differences(ipv4Of(a), ipv4Of(b), isSame)],
    ipv6: [...differences(ipv6Of(a), ipv6Of(b), isSame)],
  };
}

/** Disjoint ranges, ascending, each with the number of the indicator that is credited. */
type Credited = {
  readonly owners: Uint32Array;
  readonly first: (range: number) => bigint;
  readonly last: (range: number) => bigint;
};

/** What follows the last range begins here. */
const BEYOND = 1n << 128n;

function ipv4Of({ ipv4Starts, ipv4Ends, ipv4Owners: owners }: SetColumns): Credited {
  const at = (words: Uint32Array) => (range: number) => (range < words.length ? BigInt(words[range]!) : BEYOND);
  return { owners, first: at(ipv4Starts), last: at(ipv4Ends) };
}

function ipv6Of({ ipv6Starts, ipv6Ends, ipv6Owners: owners }: SetColumns): Credited {
  const at = (halves: BigUint64Array) => (range: number) =>
    range * 2 < halves.length ? (halves[range * 2]! << 64n) | halves[range * 2 + 1]! : BEYOND;
  return { owners, first: at(ipv6Starts), last: at(ipv6Ends) };
}

type IsSame = (ownerOfA: number, ownerOfB: number) => boolean;

/** Goes through both at once, from where a range begins or ends to the next such place. */
function* differences(a: Credited, b: Credited, isSame: IsSame): Generator<AddressRange> {
  let [i, j, next] = [0, 0, 0n];
  while (i < a.owners.length || j < b.owners.length) {
    const [startA, startB] = [greater(a.first(i), next), greater(b.first(j), next)];
    const [isInA, isInB] = [startA <= startB, startB <= startA];
    const last = lesser(isInA ? a.last(i) : startA - 1n, isInB ? b.last(j) : startB - 1n);
    if (!isInA || !isInB || !isSame(a.owners[i]!, b.owners[j]!)) yield [isInA ? startA : startB, last];
    if (isInA && a.last(i) === last) i++;
    if (isInB && b.last(j) === last) j++;
    next = last + 1n;
  }
}

function greater(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function lesser(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** Whether an indicator of one version says the same of its addresses as one of the other. */
function compareCredits(a: SetColumns, b: SetColumns): IsSame {
  const isSameNetwork = compareNetworks(a, b);
  const isSameText = compareTexts(a, b);
  return (n, m) => {
    if (!isSameText(a.comments[n]!, b.comments[m]!) || !isSameText(a.sources[n]!, b.sources[m]!)) return false;
    // Of those around it, only the network is told.
    let [ownerOfA, ownerOfB] = [n, m];
    while (ownerOfA !== NOBODY && ownerOfB !== NOBODY) {
      if (!isSameNetwork(ownerOfA, ownerOfB)) return false;
      [ownerOfA, ownerOfB] = [a.parents[ownerOfA]!, b.parents[ownerOfB]!];
    }
    return ownerOfA === ownerOfB;
  };
}

/** For two of the same family: numbers are compared that lie over the same address. */
function compareNetworks(a: SetColumns, b: SetColumns): IsSame {
  return (n, m) => {
    if (a.prefixLengths[n] !== b.prefixLengths[m]) return false;
    const [atA, atB] = [(n - a.ipv4Networks.length) * 4, (m - b.ipv4Networks.length) * 4];
    if (atA < 0) return a.ipv4Networks[n] === b.ipv4Networks[m];
    return [0, 1, 2, 3].every((word) => a.ipv6Networks[atA + word] === b.ipv6Networks[atB + word]);
  };
}

/** By their bytes: a million comments need not become strings. */
function compareTexts(a: SetColumns, b: SetColumns): IsSame {
  const [textsOfA, textsOfB] = [Buffer.from(a.texts.buffer), Buffer.from(b.texts.buffer)];
  const boundsOf = ({ textEnds, texts }: SetColumns, number: number): readonly [number, number] => [
    texts.byteOffset + (number === 0 ? 0 : textEnds[number - 1]!),
    texts.byteOffset + textEnds[number]!,
  ];
  return (n, m) => {
    const [fromA, toA] = boundsOf(a, n);
    const [fromB, toB] = boundsOf(b, m);
    return toA - fromA === toB - fromB && textsOfA.compare(textsOfB, fromB, toB, fromA, toA) === 0;
  };
}
