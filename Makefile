# make run – install and start; make test – install what the tests need and run them all.
PY := $(shell for p in python3.12 python3.11 python3.13 python3; do command -v $$p >/dev/null 2>&1 && $$p -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$p && break; done)
UV := .venv-uv/bin/uv
export UV_SYSTEM_CERTS = 1
export UV_PROJECT_ENVIRONMENT = .venv

.PHONY: run install demo test lint rules cover mutants figures torture attack audit sbom licences screenshots

run: install
	@.venv/bin/egisz-access up

demo: install
	@.venv/bin/egisz-access demo

install: $(UV)
	@$(UV) sync --quiet --frozen --no-dev --inexact --compile-bytecode

$(UV):
	@test -n "$(PY)" || { echo "Нужен Python 3.11–3.13 с модулем venv (в Debian: apt install python3-venv)."; exit 1; }
	@$(PY) -m venv .venv-uv
	@.venv-uv/bin/pip install --quiet --disable-pip-version-check uv==0.13.9

.venv/.dev: $(UV) uv.lock pyproject.toml
	@$(UV) sync --quiet --frozen --compile-bytecode
	@touch .venv/.dev

test: .venv/.dev
	@sh tests/system_packages.sh
	@$(MAKE) --no-print-directory lint
	@.venv/bin/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

lint: .venv/.dev
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check --quiet .
	@.venv/bin/lint-imports --no-cache
	@.venv/bin/deptry . --no-ansi
	@.venv/bin/python -m tests.house.unused
	@.venv/bin/mypy --no-error-summary

rules: .venv/.dev
	@.venv/bin/python -m tests.house.rules_covered

# How large files and functions are, and how much of the tests each room has.
figures: .venv/.dev
	@.venv/bin/python -m tests.house.figures

# Branches that no test takes, room by room. What confined children do is not seen: they may write no file.
cover: .venv/.dev
	@sh tests/system_packages.sh
	@rm -f .coverage .coverage.*
	@.venv/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --cov --cov-report= $(TESTS)
	@.venv/bin/python -m tests.house.covered

# Changes of the rules that no test notices: an hour for all of them, less for MUTANTS='states.deadlines*'.
mutants: .venv/.dev
	@.venv/bin/mutmut run --max-children 2 $(MUTANTS)
	@.venv/bin/mutmut results

screenshots: .venv/.dev
	@sh tests/system_packages.sh
	@.venv/bin/python -m tests.web.screenshots docs/screenshots

# What the promises of docs/reliability.md rest on, for long: kills, power cuts, backups under load, faulty servers, any order of events.
torture: .venv/.dev
	@sh tests/system_packages.sh
	@EGISZ_KILL_ROUNDS=20 EGISZ_BACKUP_ROUNDS=30 EGISZ_SEQUENCES=2000 EGISZ_ROSTERS=500 EGISZ_ANSWERS=20000 .venv/bin/python -m pytest \
		tests/sweeps tests/service/test_restoring.py tests/service/test_backup_while_sending.py tests/actions/post tests/actions/answers \
		tests/documents/rosters tests/notifications/deciding/test_generated_answers.py -n 0 --timeout 3600

# Everything on loopback: hostile forms, addresses, calls, files, letters; prints what was tried and how often it got in.
attack: .venv/.dev
	@EGISZ_ATTACK=1 EGISZ_SCHEMA_CASES=100000 .venv/bin/python -m pytest tests/attack -n 0 --timeout 36000

# Known faults of every library. Without internet: ADVISORIES=all.zip, the export of https://osv.dev for PyPI, carried over.
audit: .venv/.supply
	@if [ -n "$(ADVISORIES)" ]; then .venv/bin/python -m tests.supply.advisories "$(ADVISORIES)" -- .venv/bin/pip-audit --local --skip-editable; \
		else .venv/bin/pip-audit --local --skip-editable; fi

# What the program is made of (CycloneDX), out of the lock.
sbom: $(UV)
	@$(UV) export --quiet --frozen --no-dev --format cyclonedx1.5

licences: .venv/.supply
	@.venv/bin/pip-licenses --from=mixed --order=license --format=markdown --ignore-packages egisz-access

.venv/.supply: .venv/.dev
	@$(UV) sync --quiet --frozen --group supply
	@touch .venv/.supply
