#!/usr/bin/env bash
# Pins every requirements file with hashes and without download addresses.
set -euo pipefail
cd "$(dirname "$0")/.."

lock() {
  local folder="$1" name="$2"
  shift 2
  (cd "$folder" && uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-annotate --custom-compile-command "make lock" "$@" "$name.in" -o "$name.txt")
  echo "locked $folder/$name.txt"
}

lock . requirements-setup
lock . requirements-dev
lock . requirements-checkov
lock . requirements-release
lock . requirements --constraint requirements-dev.txt
lock rehearsal requirements --constraint ../requirements-dev.txt
lock rehearsal/tests/containers/toolkits requirements --override overrides.txt
for inputs in rehearsal/containers/*/requirements*.in seed_code/*/requirements*.in; do
  lock "$(dirname "$inputs")" "$(basename "$inputs" .in)"
done
