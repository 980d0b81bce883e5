/** `s3://` for the verbs of one machine. AWS clients are made when the first such path is met. */
import { parseKey } from '../core/log-object.ts';
import type { RemoteLogs } from '../local/remote-logs.ts';
import type { ListedObject } from '../tasks/ingest.ts';
import type { SweepWindow } from '../tasks/sweep-window.ts';
import { toAwsSettings } from './aws-settings.ts';
import type { Selection } from './selection.ts';
import type { CommandSettings } from './settings.ts';
import { toDays } from './window.ts';

/** With a window only the days are listed and read that can hold its records. */
export function openRemoteLogs(settings: CommandSettings, selection?: Selection, clock = new Date()): RemoteLogs {
  let opened: ReturnType<typeof open> | undefined;
  const ready = () => (opened ??= open(settings));
  return {
    async *list(path, signal) {
      const { listS3Logs, client } = await ready();
      if (selection?.from === undefined) return yield* listS3Logs(client, path, undefined, signal);
      const days = toDays({ ...selection, from: selection.from }, clock);
      const inFolders = listS3Logs(client, path, days, signal);
      const first = await inFolders.next();
      if (first.done === true) return yield* filterDays(listS3Logs(client, path, undefined, signal), days);
      yield first.value;
      yield* inFolders;
    },
    logs: {
      async *open(key) {
        yield* (await ready()).logs.open(key);
      },
    },
  };
}

async function open(settings: CommandSettings) {
  const { S3Client } = await import('@aws-sdk/client-s3');
  const { toS3Config } = await import('../aws/clients.ts');
  const { listS3Logs } = await import('../aws/log-listing.ts');
  const { openS3Logs } = await import('../aws/s3-logs.ts');
  const client = new S3Client(toS3Config(toAwsSettings(settings)));
  return { client, listS3Logs, logs: openS3Logs(client) };
}

/** Objects that lie outside of the folders AWS makes; what is no log object is counted later. */
async function* filterDays(
  objects: AsyncIterable<ListedObject>,
  { from, to }: SweepWindow,
): AsyncGenerator<ListedObject> {
  for await (const object of objects) {
    const outcome = parseKey(object.key);
    if ('foreign' in outcome || (outcome.logObject.date >= from && outcome.logObject.date <= to)) yield object;
  }
}
