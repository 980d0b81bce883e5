"""Counts rows whose addresses are listed, by ClickHouse in process on one thread.

Its text formats misread or reject lines that are separated by blanks, so lines are read whole and split.

    python chdb_scan.py <logs folder> <IOC list> <columns> <address columns>
"""

import sys

import chdb

folder, ioc_list, columns, address_columns = sys.argv[1:5]
names = columns.split(" ")
with open(ioc_list) as lines:
    listed = ",".join(f"'{address}'" for address in lines.read().split())
test = " OR ".join(f"fields[{names.index(name) + 1}] IN ({listed})" for name in address_columns.split(" "))
result = chdb.query(
    f"WITH splitByChar(' ', line) AS fields SELECT count() FROM file('{folder}/**/*.log.gz', LineAsString) "
    f"WHERE {test} SETTINGS max_threads = 1, max_query_size = 1000000000",
    "TabSeparated",
)
print(str(result).strip())
