/** The state machine that the stack runs. */
import { SFNClient } from '@aws-sdk/client-sfn';
import { toClientConfig } from '../../src/aws/clients.ts';
import { openWorkflow } from '../../src/aws/workflow.ts';
import { required } from './environment.ts';

export const workflow = openWorkflow(new SFNClient(toClientConfig()), required('STATE_MACHINE_ARN'));
