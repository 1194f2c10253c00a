#!/bin/sh
# Says in one sentence why this folder or machine cannot be set up, before anything is installed.
# Arguments: a Python to install with, and the stamps of what is wanted.
set -eu
cd "$(dirname "$0")/.."
python="$1"
shift

stop() {
  echo "error: $1" >&2
  exit 1
}

# Megabytes of what a stamp stands for. Caches and a rehearsal fit into what is spare.
SPARE=1000
megabytes() {
  case "$1" in
    .venv/.installed) echo 665 ;;
    .venv/.tools-installed) echo 340 ;;
    node_modules/.installed) echo 30 ;;
    node_modules/@octokit/*) echo 465 ;;
    .images/xgboost/*) echo 305 ;;
    .images/scikit-learn/*) echo 275 ;;
    .images/lambda-python/*) echo 35 ;;
    .images/checkov/*) echo 175 ;;
    .images/release/*) echo 25 ;;
    .images/chromium/*) echo 205 ;;
    .venv/bin/uv) echo 40 ;;
    *) stop "$1 has no size in $0; add it." ;;
  esac
}

case "$PWD" in
  *[[:space:]]*) stop "the path $PWD holds a space, with which act cannot start a workflow's steps; clone into a path without one." ;;
esac
[ -e .git ] ||
  stop "this folder is no git repository, and a rehearsal pushes its commit; clone the project instead of unpacking an archive of it."
[ -x .venv/bin/python ] || "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
  stop "Python 3.11 or newer is needed, and $python is none; name one with PYTHON=python3.13 after what you typed."

total=0
for stamp in .venv/bin/uv "$@"; do
  size=$(megabytes "$stamp")
  [ -e "$stamp" ] || total=$((total + size))
done
[ "$total" -gt 0 ] || exit 0 # everything is there, and is only brought to other versions
free=$(df -Pk . | awk 'NR == 2 { print int($4 / 1024) }')
[ "$free" -ge $((total + SPARE)) ] ||
  stop "$((total + SPARE)) MB are needed and $free MB are free in $PWD; free some, or clone onto a larger disk."
echo "Installing $total MB into this folder: ten seconds, and minutes where it must be downloaded first"
