# Everything runs in .venv, from lock files that pin every version (but those of the
# CUDA packages that PyTorch's default build for Linux brings along).
# On a computer without a GPU, take PyTorch's CPU build, which is far smaller:
#   make demo TORCH_INDEX=https://download.pytorch.org/whl/cpu

PYTHON ?= python3
TORCH_INDEX ?=
DEMO ?= demo
JOBS ?= 2

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
TORCH := $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX),)

.PHONY: help demo test lint format docs lock clean
.DELETE_ON_ERROR:

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

demo: .venv/user  ## simulated DICOM, import, training, heat maps, report.html
	$(if $(filter demo,$(DEMO)),rm -rf demo)
	$(BIN)/bsgi demo $(DEMO)

# One thread per process: two processes share two cores, and bits agree.
test: export OMP_NUM_THREADS = 1
test: .venv/dev  ## the whole test suite
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadfile -m "not alone"
	$(BIN)/python -m pytest -m alone

lint: .venv/dev  ## style, types and the layers of the house
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/dev  ## rewrite the code in the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: .venv/dev  ## run every snippet and check every link of the docs
	$(BIN)/python -m pytest tests/test_docs.py

lock: .venv/dev  ## resolve the lock files anew
	$(BIN)/pip-compile --quiet --strip-extras --no-emit-index-url \
	  --no-emit-find-links --no-emit-options --no-header --upgrade --extra train --extra report --extra export --extra predict \
	  --output-file requirements/user.txt pyproject.toml
	$(BIN)/pip-compile --quiet --strip-extras --no-emit-index-url \
	  --no-emit-find-links --no-emit-options --no-header --upgrade \
	  --output-file requirements/dev.txt requirements/dev.in
	# the local label +cpu or +cu130 says which build this machine has, not the version
	sed -i 's/^\(torch==[0-9.]*\)+[a-z0-9]*/\1/' requirements/*.txt

clean:  ## remove the environment, caches and the demo
	rm -rf .venv demo .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
	  "bsgi needs Python 3.11 or later; make PYTHON=/path/to/python3.11 demo")'
	$(PYTHON) -m venv .venv

.venv/user: requirements/user.txt pyproject.toml | .venv/bin/python
	$(PIP) $(TORCH) "$$(grep '^torch==' requirements/user.txt)"
	$(PIP) -r requirements/user.txt
	$(PIP) --no-deps --editable .
	touch $@

.venv/dev: requirements/dev.txt .venv/user
	$(PIP) -r requirements/dev.txt
	touch $@
