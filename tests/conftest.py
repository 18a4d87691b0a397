"""What every test shares: the hypothesis profiles, what a missing server means, and the list of what was not run.

No fixtures of a room here: they stand in that room's own `conftest.py`.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, settings

# Marker of a suite -> the variable that says where its server is (set by deploy/test_services.py, or by hand).
SERVERS = {
    "postgres": "VAYVON_TEST_POSTGRES",
    "redis": "VAYVON_TEST_REDIS",
    "browser": "VAYVON_TEST_CHROMIUM",
    "telegram": "VAYVON_TEST_TELEGRAM",
    "rasa": "VAYVON_TEST_RASA",
}

settings.register_profile(
    "default", max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.register_profile("repeatable", settings.get_profile("default"), derandomize=True, database=None)
settings.register_profile("thorough", settings.get_profile("default"), max_examples=2000)
# CI gives the same answer to the same commit; a search for new cases is what `thorough` is for.
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable" if os.environ.get("CI") else "default"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update", action="store_true", help="rewrite the golden transcripts from what the product says now"
    )


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """True where golden files are to be rewritten."""
    return bool(request.config.getoption("--update"))


def missing_server(item: pytest.Item) -> str | None:
    """Why this test cannot run here, or None."""
    for marker, variable in SERVERS.items():
        if item.get_closest_marker(marker) and not os.environ.get(variable):
            reason = os.environ.get(f"{variable}_MISSING", f"{variable} is not set (`make test` starts it)")
            return f"{marker}: {reason}"
    return None


def pytest_runtest_setup(item: pytest.Item) -> None:
    reason = missing_server(item)
    if reason and os.environ.get("REQUIRE") == "all":
        pytest.fail(f"REQUIRE=all, but {reason}", pytrace=False)
    if reason:
        pytest.skip(reason)


def pytest_terminal_summary(terminalreporter) -> None:
    reasons = Counter(_reason(report) for report in terminalreporter.stats.get("skipped", []))
    if not reasons:
        return
    terminalreporter.section("not run on this machine")
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"{count:5d}  {reason}")


def _reason(report: pytest.TestReport) -> str:
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ")
