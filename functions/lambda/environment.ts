/** Environment of a Lambda, as serverless.yml sets it, → settings. What is missing is named before anything is done. */

import type { GlueSettings } from '../../src/aws/glue-catalog.ts';
import { type Network, parseNetwork } from '../../src/core/address.ts';

export function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`the environment has no ${name}: deploy the stack again`);
  return value;
}

/** Comma-separated; empty means none. */
export function listed(name: string): string[] {
  return (process.env[name] ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

export function networks(name: string): Network[] {
  return listed(name).map((text) => {
    const parsed = parseNetwork(text);
    if (parsed === undefined) throw new Error(`${name}: "${text}" is no address or CIDR`);
    return parsed.network;
  });
}

/** Database, work group and, where partitions are computed, of what. */
export function glueSettings(): GlueSettings {
  const session = { database: required('DATABASE'), workGroup: required('WORK_GROUP') };
  if (process.env.PARTITIONS !== 'projection') return session;
  const [accounts, regions] = [listed('PROJECTION_ACCOUNTS'), listed('PROJECTION_REGIONS')];
  const firstDate = required('FIRST_DATE').replaceAll('-', '/');
  return { ...session, projection: { accounts, regions, firstDate } };
}
