# Everything a developer needs. Only Python 3.11 to 3.13, git and a compiler have to be there; the rest is installed into a
# virtual environment below the user's cache (.venv is a link to it).
RUN = tests/support/run
# Odoo series of the laboratory.
SERIES ?= 19

.PHONY: help test lint sanity units integration browser lab-test docs test-trust demo lab-up lab-down lab-agreement lab-fixes bench format clean

help:
	@echo "make test           every stage below, one after the other"
	@echo "make lint           ruff, mypy, ansible-lint, shellcheck, changelog fragments"
	@echo "make sanity         ansible-test sanity"
	@echo "make units          ansible-test units"
	@echo "make integration    ansible-test integration on a real PostgreSQL (ONLY='target ...' for some)"
	@echo "make browser        the report's page in a headless browser"
	@echo "make lab-test       the tests on a real Odoo 19 and 14"
	@echo "make docs           the archive and the documentation, as a newcomer meets them"
	@echo "make test-trust     faults, rivals, hostile input, few rights, every version, size, money: all of it (hours)"
	@echo "make demo           a real store with broken tills: diagnosed, closed, proven"
	@echo "make lab-up         start the laboratory (SERIES=19|14); make lab-down stops it"
	@echo "make lab-agreement  what the diagnosis predicts against what real servers answered"
	@echo "make lab-fixes      every fix on a real Odoo: cause, fix, before, after, held"
	@echo "make bench          how fast a fleet is read and a session closed, beside the floor and what others do"
	@echo "make format         write the Python files as lint wants them"
	@echo "make clean          remove what the targets above made in the checkout"

test:
	@$(RUN) all

lint sanity units integration browser docs:
	@$(RUN) $@

lab-test:
	@$(RUN) lab

test-trust:
	@TRUST=--full $(RUN) trust

demo:
	@$(RUN) exec bash tests/lab/demo.sh

lab-up:
	@$(RUN) exec python -m tests.lab up $(SERIES)

lab-down:
	@$(RUN) exec python -m tests.lab down

lab-agreement:
	@$(RUN) exec python -m tests.lab.agreement

lab-fixes:
	@$(RUN) exec python -m tests.lab.fixes

bench:
	@$(RUN) exec python -m tests.bench.fleet
	@$(RUN) exec python -m tests.bench.read_200_tills
	@$(RUN) exec python -m tests.bench.close

format:
	@$(RUN) format

clean:
	rm -rf .build .venv .ansible .mypy_cache .ruff_cache .pytest_cache .hypothesis tests/output collections *.tar.gz
