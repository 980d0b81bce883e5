/** Settings of the command line → what AWS clients take. */
import type { AwsSettings } from '../aws/clients.ts';
import { UsageError } from '../core/errors.ts';
import type { CommandSettings } from './settings.ts';

const KEYS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'] as const;

/**
 * Options win over the environment, and that over the config file, for credentials too: a profile given as an option drops
 * keys from the environment of this process, keys in the environment win over a profile in the config file.
 */
export function toAwsSettings({ region, profile, endpointUrl, origins }: CommandSettings): AwsSettings {
  if (origins.profile === 'option') for (const key of KEYS) delete process.env[key];
  const hasKeys = origins.profile === 'config file' && Boolean(process.env.AWS_ACCESS_KEY_ID);
  // An endpoint from the environment is left to the SDK, which knows one for each service (AWS_ENDPOINT_URL_S3).
  if (region !== undefined && !/^[a-z0-9-]+$/.test(region)) {
    throw new UsageError(`${region} is no AWS region. Give one such as us-east-1 as --region.`);
  }
  if (endpointUrl !== undefined && !/^https?:$/.test(URL.parse(endpointUrl)?.protocol ?? '')) {
    throw new UsageError(`${endpointUrl} is no URL. Give one such as http://127.0.0.1:4566 as --endpoint-url.`);
  }
  const isGiven = endpointUrl !== undefined && origins.endpointUrl !== 'environment';
  return {
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined || hasKeys ? {} : { profile }),
    ...(isGiven ? { endpointUrl } : {}),
  };
}
