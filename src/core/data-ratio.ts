/** The data ratio of an address pair, as sql/detections/data_ratio.sql has it. */

/** Bytes per record with two decimals, rounded half up; there must be a record. */
export function toDataRatio(bytes: bigint, records: bigint): string {
  const hundredths = (bytes * 200n + records) / (records * 2n);
  return `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, '0')}`;
}
