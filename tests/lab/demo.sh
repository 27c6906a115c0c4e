#!/usr/bin/env bash
# make demo: see tests/lab/demo.py
set -eu
exec python -m tests.lab.demo "$@"
