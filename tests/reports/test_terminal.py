"""What stands beside a failure: the exchanges and the log lines of this test, and of no other."""

from __future__ import annotations

from pathlib import Path

import pytest

SUITE = """
    from seatrials import Service, System

    class Web(System):
        api = Service("python:3.11-slim", port=8000, command=("python", "-u", "-m", "http.server", "8000"))

    web = Web.fixture()

    def test_passes(web):
        assert web.api.get("/first").status_code == 404

    def test_fails(web):
        for number in range(7):
            web.api.get(f"/second-{number}")
        assert False

    def test_without_a_system():
        assert False
"""


@pytest.mark.docker
def test_a_failure_shows_its_own_exchanges_and_log_lines(pytester: pytest.Pytester) -> None:
    (pytester.path / "images").symlink_to(Path(__file__).parents[2] / "images")
    pytester.makepyfile(test_web=SUITE)
    result = pytester.runpytest_subprocess("test_web.py")
    result.assert_outcomes(passed=1, failed=2)
    shown = result.stdout.str()
    result.stdout.fnmatch_lines(
        [
            "*requests to web.api*",
            "api: GET /second-2 → 404 in * ms",
            "api: GET /second-6 → 404 in * ms",
            "*log of web.api since the scenario began (last 10 lines)*",
            '*"GET /second-6 HTTP/1.1" 404*',
        ]
    )
    assert "api: GET /second-1 " not in shown, "only the last five are shown"
    assert "/first" not in shown, "another test's exchanges and log lines do not belong here"
    assert shown.count("requests to web.api") == 1, "a test without exchanges has no section for them"
