/** A file of `sql/tables` → what Glue keeps of such a table. Hive's grammar judges the text elsewhere; this reads our own style. */
import type { Column, TableInput } from '@aws-sdk/client-glue';

const SERDES = {
  json: 'org.openx.data.jsonserde.JsonSerDe',
  text: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe',
};

/** `places` are what stands for `<name>` and for `${name}` where it is a place, not one of Athena's own templates. */
export function toTableInput(ddl: string, places: Readonly<Record<string, string>>): TableInput {
  const text = fillIn(ddl.replace(/^--.*\n/gm, ''), places);
  const [, name, columns] = match(text, /^CREATE EXTERNAL TABLE IF NOT EXISTS (\w+) \(\n([\s\S]*?)\n\)/);
  const partitions = /PARTITIONED BY \(([\s\S]*?)\)/.exec(text)?.[1] ?? '';
  const serde = /ROW FORMAT SERDE '(.*?)'/.exec(text)?.[1];
  const delimiter = /FIELDS TERMINATED BY '(.*?)'/.exec(text)?.[1]?.replace('\\t', '\t');
  const [, location] = match(text, /LOCATION '(.*?)'/);
  return {
    Name: name!,
    TableType: 'EXTERNAL_TABLE',
    Parameters: { EXTERNAL: 'TRUE', ...readProperties(text, 'TBLPROPERTIES') },
    PartitionKeys: readColumns(partitions),
    StorageDescriptor: {
      Columns: readColumns(columns!),
      Location: location!,
      InputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
      OutputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
      SerdeInfo: {
        SerializationLibrary: serde ?? SERDES.text,
        Parameters:
          delimiter === undefined
            ? readProperties(text, 'WITH SERDEPROPERTIES')
            : { 'field.delim': delimiter, 'serialization.format': delimiter },
      },
    },
  };
}

function match(text: string, pattern: RegExp): RegExpExecArray {
  const found = pattern.exec(text);
  if (found === null) throw new Error(`no ${pattern.source} in:\n${text}`);
  return found;
}

function fillIn(text: string, places: Readonly<Record<string, string>>): string {
  return text.replace(/<(\w+)>|\$\{(\w+)\}/g, (whole, inAngles?: string, inBraces?: string) => {
    const value = places[(inAngles ?? inBraces)!];
    if (value === undefined && inAngles !== undefined) throw new Error(`nothing is given for ${whole}`);
    return value ?? whole;
  });
}

function readColumns(text: string): Column[] {
  return [...text.matchAll(/`?(\w+)`? (string|int|smallint|bigint)\b/g)].map(([, Name, Type]) => ({
    Name: Name!,
    Type: Type!,
  }));
}

/** Literals as Hive reads them: `'\"'` is a quote, `'\\'` a backslash. */
function readProperties(text: string, clause: string): Record<string, string> {
  const list = new RegExp(`${clause} \\(([\\s\\S]*?)\\n?\\)(?:\\n|$)`).exec(text)?.[1] ?? '';
  const pairs = [...list.matchAll(/'([^']*)' = '((?:[^'\\]|\\.)*)'/g)];
  return Object.fromEntries(pairs.map(([, key, value]) => [key!, value!.replace(/\\(.)/g, '$1')]));
}
