# Few targets, each one line that calls a script. `make` alone says what there is.
PYTHON ?= python3
ARGS ?=
ONLY ?=
.DEFAULT_GOAL := help
.PHONY: help setup demo test test-all check lock bench cases docs wheel

help: ; @sh scripts/help.sh
setup: ; @$(PYTHON) scripts/setup.py
demo: ; @sh scripts/demo.sh "$(PYTHON)" $(ARGS)
test: ; @sh scripts/test.sh "$(PYTHON)" -m "not slow" $(ARGS)
test-all: ; @sh scripts/test.sh "$(PYTHON)" $(ARGS)
check: ; @sh scripts/venv.sh "$(PYTHON)" scripts/check.py $(ARGS)
lock: ; @sh scripts/venv.sh "$(PYTHON)" scripts/lock.py $(ARGS)
bench: ; @sh scripts/venv.sh "$(PYTHON)" -m bench --only "$(ONLY)" $(ARGS)
cases: ; @sh scripts/venv.sh "$(PYTHON)" scripts/cases.py $(ARGS)
docs: ; @sh scripts/venv.sh "$(PYTHON)" scripts/docs.py $(ARGS)
wheel: ; @sh scripts/venv.sh "$(PYTHON)" scripts/wheel.py $(ARGS)
