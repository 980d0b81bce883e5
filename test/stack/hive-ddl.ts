/** `CREATE EXTERNAL TABLE` of sql/tables → its parts, to compare with a Glue table. */
export type TableParts = {
  readonly name: string;
  readonly columns: readonly { readonly Name: string; readonly Type: string }[];
  readonly partitionKeys: readonly { readonly Name: string; readonly Type: string }[];
  readonly serde: string;
  readonly serdeParameters: Readonly<Record<string, string>>;
  readonly location: string;
  readonly properties: Readonly<Record<string, string>>;
};

export function parseTable(ddl: string): TableParts {
  const text = ddl.replaceAll(/^--.*\n/gm, '');
  const [, name, columns] = /^CREATE EXTERNAL TABLE IF NOT EXISTS (\w+) \(([^)]*)\)/m.exec(text)!;
  return {
    name: name!,
    columns: parseColumns(columns!),
    partitionKeys: parseColumns(/PARTITIONED BY \(([^)]*)\)/.exec(text)?.[1] ?? ''),
    ...parseFormat(text),
    location: /^LOCATION '([^']+)'/m.exec(text)![1]!,
    properties: parseProperties(/TBLPROPERTIES \(([\s\S]*)\)\s*$/.exec(text)?.[1] ?? ''),
  };
}

/** Athena makes a SerDe of `ROW FORMAT DELIMITED`. */
function parseFormat(text: string): Pick<TableParts, 'serde' | 'serdeParameters'> {
  const delimiter = /^FIELDS TERMINATED BY '(.+)'$/m.exec(text)?.[1]?.replace('\\t', '\t');
  if (delimiter !== undefined) {
    return {
      serde: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe',
      serdeParameters: { 'field.delim': delimiter, 'serialization.format': delimiter },
    };
  }
  return {
    serde: /ROW FORMAT SERDE\s+'([^']+)'/.exec(text)![1]!,
    serdeParameters: parseProperties(/WITH SERDEPROPERTIES \(([^)]*)\)/.exec(text)?.[1] ?? ''),
  };
}

/** A name that Hive knows otherwise stands in backticks. */
function parseColumns(text: string): { Name: string; Type: string }[] {
  return [...text.matchAll(/`?(\w+)`? (\w+)/g)].map(([, Name, Type]) => ({ Name: Name!, Type: Type! }));
}

/** A backslash escapes what follows, as in a Hive literal. */
function parseProperties(text: string): Record<string, string> {
  const literal = "'((?:[^'\\\\]|\\\\.)*)'";
  const pairs = [...text.matchAll(new RegExp(`${literal}\\s*=\\s*${literal}`, 'g'))];
  return Object.fromEntries(pairs.map(([, key, value]) => [key!, value!.replaceAll(/\\(.)/g, '$1')]));
}
