#!/bin/sh
# test.sh PYTHON [ARGUMENTS OF pytest]: sets up everything, runs the tests of both worlds. JUnit in build/.
set -eu
cd "$(dirname "$0")/.."
python=$1
shift
"$python" scripts/setup.py >&2
status=0
# Tests start hundreds of processes: none should read our sources anew, whatever PYTHONDONTWRITEBYTECODE says.
.venv/bin/python -m compileall -q src
.venv/bin/python scripts/halves.py "$@" || status=$?
.venv/bin/python scripts/npm.py test || status=$?
exit "$status"
