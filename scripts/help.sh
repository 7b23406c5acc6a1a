#!/bin/sh
# What make can do here.
cat <<'TEXT'
make demo ARGS="…"      set up what the product needs and run it with a demo company (ARGS: see leadline demo --help)
make setup              set up everything, inside this clone
make test ARGS="…"      set up, run every test but the slow ones (JUnit: build/junit.xml); make test-all: the slow ones too
make check              lint, types, generated files and locks
make bench ONLY=a,b     measure, JSON lines
make cases              queries against hand-written SQL, over all shipped sources
make docs               make the generated documents and pictures again
make wheel              a wheel with the built web app inside
make lock               solve the dependencies again (ARGS=--upgrade: to the newest)
PYTHON=/path/to/python3 names another Python (3.11 or newer)
TEXT
