#!/bin/sh
# Installs what the path to AWS needs on a Mac with Homebrew: Python, Node.js, the AWS CLI, git,
# and this project's own packages into .venv and node_modules. Docker is not needed.
set -eu

stop() {
  echo "error: $1" >&2
  exit 1
}

[ "$(uname -s)" = Darwin ] ||
  stop "this script is for macOS; elsewhere install Python 3.11 or newer, Node.js, git and the AWS CLI with your system's package manager, then run: make setup"
command -v brew >/dev/null 2>&1 ||
  stop "Homebrew is missing; install it as its site brew.sh says, then run this script again."

cd "$(dirname "$0")/.."

for formula in python@3.13 node awscli git; do
  brew list --formula "$formula" >/dev/null 2>&1 || brew install "$formula"
done

PYTHON="$(brew --prefix python@3.13)/bin/python3.13"
"$PYTHON" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
  -r requirements.txt
npm ci --omit=dev --no-audit --no-fund

echo "Ready. Next:"
echo "  . .venv/bin/activate"
echo "  cp .env.example .env    # and fill in AWS_ACCOUNT and AWS_REGION"
echo "  npx cdk synth"
