#!/bin/sh
# Makes .venv with uv in it, which installs everything else. Argument: a Python to make it with.
# Where pip or uv finds no package index, that is said in one sentence, and nothing is left.
set -eu
cd "$(dirname "$0")/.."
python="$1"

stop() {
  echo "error: $1" >&2
  [ "$made" = no ] || rm -rf .venv
  exit 1
}

made=no
[ -x .venv/bin/python ] || {
  made=yes
  "$python" -m venv --clear --without-pip .venv
}
set -- "$python" -m pip --python .venv/bin/python
# Debian's Python comes without pip.
"$python" -c 'import pip' 2>/dev/null || {
  .venv/bin/python -m ensurepip >/dev/null 2>&1 ||
    stop "$python has neither pip nor ensurepip; install them with your system's package manager, such as python3-venv of Debian."
  set -- .venv/bin/python -m pip
}
said=$("$@" install --quiet --disable-pip-version-check --retries 1 --require-hashes \
  -r requirements-setup.txt 2>&1) ||
  stop "pip gets no package (${said##*: }); check the network, or name your package index in PIP_INDEX_URL."
said=$(.venv/bin/uv pip install --dry-run --refresh --reinstall --no-deps --require-hashes \
  --python .venv/bin/python -r requirements-setup.txt 2>&1) ||
  stop "uv gets no package, as pip does (${said##*: }); name your package index in UV_DEFAULT_INDEX."
