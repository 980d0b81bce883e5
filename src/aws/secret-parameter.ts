/** A SecureString of Parameter Store → its text, decrypted. */
import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';

/** `name` is a name or an ARN. */
export async function readSecretParameter(client: SSMClient, name: string): Promise<string> {
  const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
  if (Parameter?.Type !== 'SecureString' || !Parameter.Value) {
    throw new Error(`${name} is no SecureString with a value: put it again with --type SecureString`);
  }
  return Parameter.Value;
}
