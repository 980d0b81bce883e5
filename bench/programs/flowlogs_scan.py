"""Counts records whose addresses are listed, by flowlogs-reader. Its reader of S3 gets a folder in place of the bucket.

    python flowlogs_scan.py <log object> <IOC list> <address columns>
"""

import os
import sys

from flowlogs_reader import FlowRecord, S3FlowLogsReader


class OneObject:
    """Answers like the S3 client that the reader was made for."""

    def get_object(self, Bucket, Key):
        return {"Body": open(Key, "rb"), "ContentLength": os.path.getsize(Key)}


path, ioc_list, address_columns = sys.argv[1:4]
with open(ioc_list) as lines:
    listed = set(lines.read().split())
names = [name.replace("-", "_") for name in address_columns.split(" ")]
reader = S3FlowLogsReader("bucket/", boto_client=OneObject())
records = (FlowRecord(event) for event in reader._read_file(path))
print(sum(any(getattr(record, name) in listed for name in names) for record in records))
