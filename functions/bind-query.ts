/** BindAddresses, BindMatch and BindDataRatio: what the query state behind each runs. */
import distinct_addresses from '../sql/workflow/distinct_addresses.sql';
import host_data_ratio from '../sql/workflow/host_data_ratio.sql';
import ioc_matches from '../sql/workflow/ioc_matches.sql';
import raw_evidence from '../sql/workflow/raw_evidence.sql';
import { parseDefinition } from '../src/core/query.ts';
import { type BindInput, bind } from '../src/tasks/bind-query.ts';
import { toHandler } from './lambda/handler.ts';
import { store } from './lambda/state.ts';

const queries = {
  distinct_addresses: parseDefinition(distinct_addresses),
  host_data_ratio: parseDefinition(host_data_ratio),
  ioc_matches: parseDefinition(ioc_matches),
  raw_evidence: parseDefinition(raw_evidence),
};

export const handler = toHandler((input: BindInput) => bind(input, queries, store));
