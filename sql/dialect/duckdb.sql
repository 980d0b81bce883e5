-- The only engine-specific text: what DuckDB needs so that the other files, written for Athena, run on it unchanged.

-- section: session. Athena's clock is UTC, its NULLs sort last, its whole numbers divide to whole numbers. Nothing comes from the network.
SET TimeZone = 'UTC';
SET default_null_order = 'NULLS_LAST';
SET integer_division = true;
SET autoinstall_known_extensions = false;
SET autoload_known_extensions = false;

-- section: functions of Athena that DuckDB lacks or defines otherwise.
CREATE OR REPLACE MACRO from_unixtime(seconds) AS make_timestamp(CAST(seconds AS BIGINT) * 1000000);

-- MySQL's letters for minutes and seconds; those for year, month, day and hour are the same.
CREATE OR REPLACE MACRO date_format(moment, pattern) AS
  strftime(moment, replace(replace(pattern, '%i', '%M'), '%s', '%S'));

-- Athena's mean of a decimal is a decimal of the same scale, rounded half up; DuckDB's is a floating-point number, inexact from
-- 2^53 on. For numbers with two decimals that are not negative, as the catalogue has them: cents, divided as whole numbers.
CREATE OR REPLACE MACRO avg(amount) AS
  CAST(
    CASE WHEN count(amount) > 0 THEN
      (CAST(sum(amount) * 100 AS HUGEINT) * 2 + count(amount)) // greatest(count(amount) * 2, 1)
    END AS DECIMAL(38, 0)
  ) * CAST('0.01' AS DECIMAL(3, 2));

CREATE OR REPLACE MACRO regexp_like(given, pattern) AS regexp_matches(given, pattern);

-- Athena's is NULL where nothing matches; DuckDB's would be an empty text.
CREATE OR REPLACE MACRO regexp_extract(given, pattern) AS regexp_extract_all(given, pattern)[1];

-- For hexadecimal digits alone.
CREATE OR REPLACE MACRO from_base(digits, radix) AS TRY_CAST('0x' || digits AS BIGINT);

CREATE OR REPLACE MACRO json_extract_scalar(document, path) AS json_extract_string(document, path);

-- section: reading log objects. Every column is text, named c0, c1, … by position; the header line is skipped. No text stands
-- for NULL (an empty field is an empty string, as on Athena), and quotes mean nothing. file_index is an object's place in paths;
-- an object with fewer fields than the widest leaves the last columns NULL.
CREATE OR REPLACE MACRO read_flow_objects(paths, column_types, packing) AS TABLE
  SELECT *, file_index
  FROM read_csv(
    paths, columns = column_types, compression = packing, auto_detect = false, header = false, skip = 1,
    delim = ' ', quote = '', escape = '', nullstr = chr(10), null_padding = true, max_line_size = 131072, buffer_size = 4194304
  );

-- A line that is no JSON object is a row of NULLs, and so is a value of the wrong type, as with ignore.malformed.json.
CREATE OR REPLACE MACRO read_json_objects(paths, column_types, packing) AS TABLE
  SELECT *
  FROM read_json(
    paths, columns = column_types, compression = packing, format = 'newline_delimited', ignore_errors = true
  );

-- section: evidence of the workflow, in Hive-style partitions as Athena has it.
CREATE OR REPLACE MACRO read_evidence(paths) AS TABLE
  SELECT *
  FROM read_json(
    paths, compression = 'gzip', format = 'newline_delimited', hive_partitioning = true, hive_types = {batch: VARCHAR, chunk: INTEGER},
    columns = {
      object: 'VARCHAR', line_number: 'BIGINT', account_id: 'VARCHAR', region: 'VARCHAR', interface_id: 'VARCHAR',
      srcaddr: 'VARCHAR', dstaddr: 'VARCHAR', pkt_srcaddr: 'VARCHAR', pkt_dstaddr: 'VARCHAR', srcport: 'BIGINT',
      dstport: 'BIGINT', protocol: 'BIGINT', packets: 'BIGINT', bytes: 'BIGINT', start_time: 'BIGINT', end_time: 'BIGINT',
      action: 'VARCHAR', tcp_flags: 'BIGINT', flow_direction: 'VARCHAR', instance_id: 'VARCHAR', vpc_id: 'VARCHAR',
      subnet_id: 'VARCHAR', pkt_src_aws_service: 'VARCHAR', pkt_dst_aws_service: 'VARCHAR', line: 'VARCHAR'
    }
  );

CREATE OR REPLACE MACRO read_indicator_addresses(paths) AS TABLE
  SELECT *
  FROM read_json(
    paths, compression = 'uncompressed', format = 'newline_delimited', hive_partitioning = true, hive_types = {batch: VARCHAR, chunk: INTEGER},
    columns = {address: 'VARCHAR', indicator: 'VARCHAR', comment: 'VARCHAR', source: 'VARCHAR', also_in: 'VARCHAR'}
  );

-- section: the address index, by day. Every column is text, an absent one is empty. A line holds as much as fits a block; only the
-- directory's may be longer, 4 MB for a hundred million addresses.
CREATE OR REPLACE MACRO read_address_index(paths) AS TABLE
  SELECT *
  FROM read_csv(
    paths, compression = 'gzip', auto_detect = false, header = false, delim = '\t', quote = '', escape = '', nullstr = chr(10),
    filename = '$path', hive_partitioning = true, hive_types = {date: VARCHAR}, max_line_size = 4194304, buffer_size = 8388608,
    columns = {
      kind: 'VARCHAR', number: 'VARCHAR', account: 'VARCHAR', region: 'VARCHAR', label: 'VARCHAR', first_seen: 'VARCHAR',
      last_seen: 'VARCHAR', content: 'VARCHAR'
    }
  );

CREATE OR REPLACE MACRO array_join(items, separator) AS array_to_string(items, separator);
