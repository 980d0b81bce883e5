/** The stack's catalogue, and what this process has registered in it. */
import { AthenaClient } from '@aws-sdk/client-athena';
import { GlueClient } from '@aws-sdk/client-glue';
import addresses from '../../sql/views/addresses.sql';
import addresses_by_line from '../../sql/views/addresses_by_line.sql';
import directional_flow_records from '../../sql/views/directional_flow_records.sql';
import flow_records from '../../sql/views/flow_records.sql';
import incident_vpc_flow_directional from '../../sql/views/incident_vpc_flow_directional.sql';
import vpc_flow_log_records from '../../sql/views/vpc_flow_log_records.sql';
import vpcflow from '../../sql/views/vpcflow.sql';
import { toClientConfig } from '../../src/aws/clients.ts';
import { openGlueCatalog } from '../../src/aws/glue-catalog.ts';
import type { RegisterPorts } from '../../src/tasks/register.ts';
import { glueSettings } from './environment.ts';
import { logs, store } from './state.ts';

const clients = { glue: new GlueClient(toClientConfig()), athena: new AthenaClient(toClientConfig()) };

export const registerPorts: RegisterPorts = {
  store,
  logs,
  catalog: openGlueCatalog(clients, glueSettings()),
  views: {
    ...{ flow_records, vpcflow, directional_flow_records, incident_vpc_flow_directional, vpc_flow_log_records },
    ...{ addresses_by_line, addresses },
  },
  known: new Set(),
};
