/**
 * Names from logs and lists → names of files that every system takes and that stay where they are put: no way up, no
 * separator, nothing that Windows reserves, no two that differ in case alone.
 */
import { createHash } from 'node:crypto';

/** As AWS delivers flow logs; the only names with capitals that stay as they are. */
const DELIVERED = /^\d{12}_vpcflowlogs_[a-z0-9-]+_fl-[0-9a-f]+_\d{8}T\d{4}Z_[0-9a-f]+\.log\.gz$/;
const DELIVERED_ANYHOW = new RegExp(DELIVERED.source, 'i');
const HARMLESS = /^[0-9a-z_][0-9a-z._=-]{0,119}$/;
/** https://learn.microsoft.com/windows/win32/fileio/naming-a-file: whatever follows the first dot. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/;
/** What the names that are made here begin with: none from outside may look so. */
const MADE_HERE = /^[0-9a-f]{16}-/;
const KEPT_LENGTH = 80;

/** A name that is no danger stays; any other gets a hash before what is left of it, so that no two become one. */
export function toSafeName(name: string): string {
  if (DELIVERED.test(name)) return name;
  const isHarmless = HARMLESS.test(name) && !RESERVED.test(name) && !name.endsWith('.');
  if (isHarmless && !MADE_HERE.test(name) && !DELIVERED_ANYHOW.test(name)) return name;
  const hash = createHash('sha256').update(Buffer.from(name, 'utf16le')).digest('hex').slice(0, 16);
  const rest = name.toLowerCase().replaceAll(/[^0-9a-z_=-]+/g, '_');
  return `${hash}-${rest.slice(0, KEPT_LENGTH)}`;
}

/** Key of an object in the store → path below the bundle. */
export function toSafePath(key: string): string {
  return key.split('/').map(toSafeName).join('/');
}
