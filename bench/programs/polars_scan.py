"""Counts rows whose addresses are listed, by polars on one thread.

    python polars_scan.py <logs folder> <IOC list> <columns> <address columns>
"""

import os
import sys

os.environ["POLARS_MAX_THREADS"] = "1"

import polars as pl  # noqa: E402  the number of threads is read at import

folder, ioc_list, columns, address_columns = sys.argv[1:5]
with open(ioc_list) as lines:
    listed = pl.Series(lines.read().split()).implode()
logs = pl.scan_csv(
    f"{folder}/**/*.log.gz",
    separator=" ",
    quote_char=None,
    schema={name: pl.String for name in columns.split(" ")},
)
is_listed = pl.any_horizontal(pl.col(name).is_in(listed) for name in address_columns.split(" "))
print(logs.filter(is_listed).select(pl.len()).collect(engine="streaming").item())
