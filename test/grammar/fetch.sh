#!/bin/sh
# Fetches the parsers of Trino (5 MB) and Hive (90 MB) with Maven into node_modules/.cache; once is enough.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cache="$here/../../node_modules/.cache/trino-grammar"
fetch() {
  mkdir -p "$cache/$2"
  mvn -q -B -f "$here/$1" org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$cache/$2"
}
fetch pom.xml trino
[ "${1:-}" = trino ] || fetch hive-pom.xml hive
