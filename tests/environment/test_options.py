"""`--keep` and `--drop-kept`, as one types them."""

from __future__ import annotations

import re

import pytest

SUITE = """
    from seatrials import Service, System

    class Web(System):
        api = Service("python:3.11-slim", port=8000, command=("python", "-m", "http.server", "8000"))

    web = Web.fixture()

    def test_port(web):
        print("port", web.api.running.port)
"""


def test_drop_kept_without_an_engine_says_so(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    result = pytester.runpytest_subprocess("--drop-kept")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*there is no Docker engine here*"])


@pytest.mark.docker
def test_a_kept_system_is_used_again_until_it_is_dropped(pytester: pytest.Pytester) -> None:
    from tests.environment.test_lifecycle import IMAGES

    (pytester.path / "images").symlink_to(IMAGES)
    pytester.makepyfile(test_web=SUITE)
    try:
        ports = []
        for expected in ("* s", "* kept"):
            result = pytester.runpytest_subprocess("--keep", "-s", "test_web.py")
            result.assert_outcomes(passed=1)
            result.stdout.fnmatch_lines(
                [f"web.api  python:3.11-slim{expected}", "kept running: web; pytest --drop-kept *"]
            )
            ports += re.findall(r"port (\d+)", result.stdout.str())
        assert ports[0] == ports[1]
    finally:
        dropped = pytester.runpytest_subprocess("--drop-kept")
    assert dropped.ret == 0
    dropped.stdout.fnmatch_lines(["removed: web"])
    again = pytester.runpytest_subprocess("--drop-kept")
    again.stdout.fnmatch_lines(["nothing of this project was kept"])
