#!/bin/sh
# Fetches Trino (450 MB: the server without connectors, and the Hive connector) with Maven and moto, which plays S3 and Glue, with
# pip into node_modules/.cache/trino; what is there is not fetched again. 476 is the last Trino server on Maven Central.
set -eu
trino=476
moto=5.2.5
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$here/../../node_modules/.cache/trino"
cd "$here/../../node_modules/.cache/trino"

fetch() {
  [ -f "$1" ] && return
  mkdir -p part
  mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy -Dartifact="$2" -DoutputDirectory="$PWD/part" >&2
  mv "part/$1" "$1"
}

# Each part is unpacked beside its place and moved there, so that what was broken off is never taken for whole.
if [ ! -d "server-$trino" ]; then
  fetch "trino-server-core-$trino.tar.gz" "io.trino:trino-server-core:$trino:tar.gz"
  fetch "trino-hive-$trino.zip" "io.trino:trino-hive:$trino:zip"
  rm -rf part && mkdir part
  tar -xzf "trino-server-core-$trino.tar.gz" -C part
  # Other plugins only cost time at the start.
  rm -rf "part/trino-server-core-$trino/plugin" "part/trino-server-core-$trino/secrets-plugin"
  python3 -m zipfile -e "trino-hive-$trino.zip" "part/trino-server-core-$trino/plugin"
  mv "part/trino-server-core-$trino" "server-$trino"
  rm -rf part "trino-server-core-$trino.tar.gz" "trino-hive-$trino.zip"
fi

# A virtual environment does not survive a move: a mark says that it is whole.
if [ ! -f "moto-$moto/whole" ]; then
  rm -rf "moto-$moto"
  python3 -m venv "moto-$moto"
  "moto-$moto/bin/python" -m pip install -q "moto[server]==$moto"
  touch "moto-$moto/whole"
fi
