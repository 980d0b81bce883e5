/** Findings and all that they rest on → one folder or one zip, with a hash for every file. Whole or not at all. */
import { mkdir, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UsageError } from '../../core/errors.ts';
import type { ObjectStore } from '../../ports.ts';
import { writeDocuments } from './documents.ts';
import { writeFindings } from './findings.ts';
import { putFile } from './folder.ts';
import { writeManifest } from './manifest.ts';
import { listExecutions, listParts } from './partitions.ts';
import { writeReadme } from './readme.ts';
import { writeRecords } from './records.ts';
import type { BundleRequest } from './request.ts';
import { zipFolder } from './zip.ts';

export type Bundled = { readonly files: number; readonly records: number; readonly digest: string };

/** Writes the bundle; a path that ends in `.zip` becomes one, any other a folder. */
export async function writeBundle(request: BundleRequest, store: ObjectStore, path: string): Promise<Bundled> {
  const isZip = /\.zip$/i.test(path);
  await checkTarget(path, isZip);
  const folder = `${path}.${process.pid}.unfinished`;
  await mkdir(dirname(folder), { recursive: true });
  await mkdir(folder);
  try {
    const bundled = await writeFolder(folder, request, store);
    if (isZip) {
      await zipFolder(folder, `${folder}.zip`);
      await rename(`${folder}.zip`, path);
    } else await rename(folder, path);
    return bundled;
  } finally {
    await rm(folder, { recursive: true, force: true });
    await rm(`${folder}.zip`, { force: true });
  }
}

/** A bundle never goes among other files: what was there before would be extra. */
async function checkTarget(path: string, isZip: boolean): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || (isZip && found.isFile())) return;
  const isEmpty = found.isDirectory() && !isZip && (await readdir(path)).length === 0;
  if (!isEmpty) throw new UsageError(`${path} is there already. Give another --bundle, or remove it.`);
  await rmdir(path);
}

async function writeFolder(folder: string, request: BundleRequest, store: ObjectStore): Promise<Bundled> {
  const executions = await listExecutions(store);
  const records = await writeRecords(folder, request, await listParts(executions, store), store);
  await writeDocuments(folder, request, records, executions, store);
  await writeFindings(folder, request, executions, store);
  for (const { path, text } of request.sql) await putFile(folder, `sql/${path}`, text);
  await putFile(folder, 'README.txt', writeReadme(request, records));
  return { records: records.records, ...(await writeManifest(folder)) };
}
