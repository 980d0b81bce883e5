#!/usr/bin/env bash
# Installs the tools that the bench compares with, as far as this machine can get them: Debian packages (needs root),
# Python packages into node_modules/.cache/bench/python. Tools that are there are left as they are, so it may run again
# at any time. What could not be had is told at the end and is no failure: the bench leaves it out.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

missing=()

# debian TOOL PACKAGE VERSION: the version that the figures were made with where it is offered, else what is offered.
updated=false
debian() {
  local tool=$1 package=$2 version=$3
  if command -v "$tool" >/dev/null; then
    echo "$tool: there"
    return
  fi
  if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
    missing+=("$tool (Debian package $package, needs root)")
    return
  fi
  if ! $updated; then apt-get update -qq || true; fi
  updated=true
  export DEBIAN_FRONTEND=noninteractive
  if apt-get install -qq -y --no-install-recommends "$package=$version" >/dev/null 2>&1 ||
    apt-get install -qq -y --no-install-recommends "$package" >/dev/null 2>&1; then
    echo "$tool: installed ($package $(dpkg-query -W -f '${Version}' "$package"))"
  else
    missing+=("$tool (Debian package $package)")
  fi
}

debian gzip gzip 1.12-1
debian zgrep gzip 1.12-1
debian igzip isal 2.30.0-5
debian libdeflate-gunzip libdeflate-tools 1.14-1
debian rg ripgrep 13.0.0-4+b2
debian mawk mawk 1.3.4.20200120-3.1
debian nfdump nfdump 1.7.1-2+deb12u1

# python MODULE PACKAGE VERSION
venv=node_modules/.cache/bench/python
python() {
  local module=$1 package=$2 version=$3
  if [ -x "$venv/bin/python" ] && "$venv/bin/python" -c "import importlib.metadata as m; exit(m.version('$package') != '$version')" 2>/dev/null; then
    echo "$module: there"
    return
  fi
  if [ ! -x "$venv/bin/pip" ] && ! python3 -m venv "$venv" 2>/dev/null; then
    missing+=("$module (Python package $package: no python3 with venv)")
    return
  fi
  if "$venv/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: "$package==$version" >/dev/null 2>&1 ||
    "$venv/bin/pip" install --quiet --disable-pip-version-check "$package==$version" >/dev/null 2>&1; then
    echo "$module: installed ($package $version)"
  else
    missing+=("$module (Python package $package $version)")
  fi
}

python polars polars 2.1.0
python chdb chdb 4.4.0
python flowlogs_reader flowlogs-reader 5.0.1

if [ ${#missing[@]} -gt 0 ]; then
  printf 'not to be had here, the bench goes without: %s\n' "${missing[@]}"
fi
