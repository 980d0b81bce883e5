/** Where the stack's log objects lie: `LOG_LOCATIONS`, each `s3://bucket/prefix/` in front of AWSLogs/. */
import { listS3Logs } from '../../src/aws/log-listing.ts';
import type { ListedObject } from '../../src/tasks/ingest.ts';
import type { SweepWindow } from '../../src/tasks/sweep-window.ts';
import { listed } from './environment.ts';
import { s3 } from './state.ts';

export async function* listLogObjects(window: SweepWindow): AsyncGenerator<ListedObject> {
  for (const location of listed('LOG_LOCATIONS')) yield* listS3Logs(s3, location, window);
}
