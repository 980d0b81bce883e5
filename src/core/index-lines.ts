/** Objects as lines of an address index file; the columns are in address-index.ts. */
import type { NumberedPartition } from './index-objects.ts';

/** Texts of a line; what is absent is empty. */
type Line = {
  readonly kind: string;
  readonly number?: number;
  readonly account?: string;
  readonly region?: string;
  readonly label?: string;
  readonly firstSeen?: number | null;
  readonly lastSeen?: number | null;
  readonly content: string;
};

export function toLine({ kind, number, account, region, label, firstSeen, lastSeen, content }: Line): string {
  const columns = [kind, number, account, region, label, firstSeen, lastSeen, content];
  return `${columns.map((column) => column ?? '').join('\t')}\n`;
}

/** In this order, wherever the object came from: the same objects make the same bytes. */
const PROPERTIES = ['key', 'identity', 'accountId', 'region', 'date', 'flowLogId', 'sizeBytes', 'etag', 'modified'];

export function toObjectLines(partitions: readonly NumberedPartition[]): string[] {
  return partitions.flatMap(({ first, objects }) =>
    objects.map(({ object, isWhole, firstSeen, lastSeen }, i) =>
      toLine({
        kind: isWhole ? 'object' : 'unfinished',
        ...{ number: first + i, account: object.accountId, region: object.region, firstSeen, lastSeen },
        // JSON has no bare tab or line break; an identity is part of a key, which may.
        ...{ label: object.identity.replace(/[\t\n\r]/g, ' '), content: JSON.stringify(object, PROPERTIES) },
      }),
    ),
  );
}
