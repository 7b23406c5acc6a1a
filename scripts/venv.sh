#!/bin/sh
# venv.sh PYTHON ARGUMENTS…: sets up everything (quick where nothing has changed), then runs our own Python.
set -eu
cd "$(dirname "$0")/.."
python=$1
shift
"$python" scripts/setup.py >&2
PATH="$PWD/.venv/bin:$PATH" exec .venv/bin/python "$@"
