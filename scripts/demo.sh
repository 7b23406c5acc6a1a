#!/bin/sh
# demo.sh PYTHON [ARGUMENTS OF leadline demo]: sets up what the product needs, then becomes the demo.
set -eu
cd "$(dirname "$0")/.."
python=$1
shift
"$python" scripts/setup.py app >&2
exec .venv/bin/leadline demo "$@"
