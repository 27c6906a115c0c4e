# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``--full`` tries all of it; ``--seed N`` plays a run again. Ends with the figures. A file of tests keeps to one worker."""

from __future__ import annotations

import pytest

from . import effort as efforts
from .fault_ground import grounds
from .fault_runs import Campaign


def pytest_addoption(parser):
    parser.addoption("--full", action="store_true", help="try all of it, not a little of everything")
    parser.addoption("--seed", type=int, default=1, help="where chance begins")
    parser.addoption("--step", default="", help="of the steps of a close, only those whose name holds this")


def _effort(config):
    return efforts.effort(config.getoption("--full"), config.getoption("--seed"))


def pytest_configure(config):
    config.addinivalue_line("markers", "full(why): tried with --full alone, because ...")
    # Only the process that began gathers; its workers add.
    if not hasattr(config, "workerinput"):
        efforts.FIGURES.unlink(missing_ok=True)


def pytest_collection_modifyitems(config, items):
    """What is marked ``full`` is no part of a short run, and no test that was skipped either."""
    if not config.getoption("--full"):
        left = [item for item in items if item.get_closest_marker("full")]
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]


def pytest_generate_tests(metafunc):
    """A test that asks for ``round_number`` is run once for each round of this effort."""
    if "round_number" in metafunc.fixturenames:
        metafunc.parametrize("round_number", range(_effort(metafunc.config).fault_rounds))


@pytest.fixture(scope="session")
def effort(pytestconfig):
    """How much is tried, and from which seed."""
    return _effort(pytestconfig)


@pytest.fixture
def ground(request):
    """A store of a series to break things in; see fault_runs.spread."""
    return grounds(request.param)


@pytest.fixture
def campaign(request, ground, effort):
    """The runs of a test of faults, which ends with ``campaign.end()``."""
    return Campaign(request, ground, effort)


def pytest_terminal_summary(terminalreporter):
    figures = efforts.noted()
    if figures:
        terminalreporter.section("figures")
        for point, what, value in figures:
            terminalreporter.write_line("%-14s %-70s %s" % (point, what, value))
