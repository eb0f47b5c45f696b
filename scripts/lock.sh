#!/usr/bin/env bash
# Resolve requirements/*.in into requirements/*.txt: versions and hashes, valid for Python 3.11 and later.
# Keeps the versions already locked; `bash scripts/lock.sh --upgrade` takes the newest, `-P NAME` upgrades one package.
set -euo pipefail
cd "$(dirname "$0")/.."

tool=$(mktemp -d)
trap 'rm -rf "$tool"' EXIT
python3 -m venv "$tool"
"$tool/bin/pip" install --quiet --disable-pip-version-check uv

for name in base dev; do
    "$tool/bin/uv" pip compile "requirements/$name.in" --output-file "requirements/$name.txt" \
        --python-version 3.11 --universal --generate-hashes --no-header --no-emit-index-url --quiet "$@"
done
if grep -nE 'https?://|--(extra-)?index-url|--find-links' requirements/base.txt requirements/dev.txt; then
    echo 'A lock must name no index address.' >&2
    exit 1
fi
