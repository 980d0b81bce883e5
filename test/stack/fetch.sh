#!/bin/sh
# Installs cfn-lint and checkov with pip into node_modules/.cache/stack-lint (about 400 MB); once is enough.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cache="$here/../../node_modules/.cache/stack-lint"
python3 -m venv "$cache"
"$cache/bin/python" -m pip install --quiet --disable-pip-version-check 'cfn-lint==1.58.0' 'checkov==3.3.30'
"$cache/bin/cfn-lint" --version
"$cache/bin/checkov" --version
