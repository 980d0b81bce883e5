/** The stack's catalogue, for the command line to register log objects as the stack's own functions do. */
import type { Projection } from '../../aws/glue-table.ts';
import { UsageError } from '../../core/errors.ts';
import type { RegisterPorts } from '../../tasks/register.ts';
import type { StackConnection } from './stack-connection.ts';

/** What registering needs, with nothing registered yet. */
export async function openRegisterPorts({ stack, aws, s3, store }: StackConnection): Promise<RegisterPorts> {
  const { AthenaClient } = await import('@aws-sdk/client-athena');
  const { GlueClient } = await import('@aws-sdk/client-glue');
  const { toClientConfig } = await import('../../aws/clients.ts');
  const { openGlueCatalog } = await import('../../aws/glue-catalog.ts');
  const { openS3Logs } = await import('../../aws/s3-logs.ts');
  const { readViewTexts } = await import('../../local/sql-files.ts');
  const clients = { glue: new GlueClient(toClientConfig(aws)), athena: new AthenaClient(toClientConfig(aws)) };
  const projection = readProjection(stack.outputs.PartitionSettings, stack.name);
  const { database, workGroup } = stack;
  const settings = { database, workGroup, ...(projection === undefined ? {} : { projection }) };
  return {
    ...{ store, logs: openS3Logs(s3), catalog: openGlueCatalog(clients, settings) },
    ...{ views: await readViewTexts(), known: new Set() },
  };
}

/** `projection;111122223333;eu-west-1;2026/09/01`; a table made without its projection would find nothing. */
function readProjection(text: string | undefined, stack: string): Projection | undefined {
  if (text === undefined)
    throw new UsageError(`stack ${stack} is of an older version. Run npx flowhound deploy first.`);
  const [kind, accounts = '', regions = '', firstDate = ''] = text.split(';');
  if (kind !== 'projection') return undefined;
  return { accounts: accounts.split(','), regions: regions.split(','), firstDate };
}
