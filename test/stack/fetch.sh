#!/bin/sh
# Installs cfn-lint and checkov with pip into node_modules/.cache/stack-lint (about 400 MB); once is enough.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cache="$here/../../node_modules/.cache/stack-lint"
wanted='cfn-lint==1.58.0 checkov==3.3.30'
if [ "$(cat "$cache/installed" 2>/dev/null)" = "$wanted" ]; then exit 0; fi
python3 -m venv "$cache"
# shellcheck disable=SC2086
"$cache/bin/python" -m pip install --quiet --disable-pip-version-check $wanted
echo "$wanted" >"$cache/installed"
