"""A report that is kept must not claim images that were not there."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from seatrials.environment.engine import connect

SUITE = """
    from seatrials import Service, System

    class Web(System):
        api = Service("127.0.0.1:9/web:1", port=8000, command=("python", "-m", "http.server", "8000"))

    web = Web.fixture()

    def test_answers(web):
        assert web.api.get("/").status_code == 200
"""


@pytest.mark.docker
def test_a_stand_in_is_named_in_the_report(pytester: pytest.Pytester) -> None:
    images = pytester.mkdir("images")
    for recipe in (Path(__file__).parents[2] / "images").iterdir():
        (images / recipe.name).symlink_to(recipe)
    web = pytester.path / "images" / "web"
    web.mkdir()
    (web / "image.toml").write_text('stands_in_for = ["127.0.0.1:9/web:1"]\nis = "a bare Python"\n')
    (web / "Dockerfile").write_text("FROM python:3.11-slim\n")
    pytester.makepyfile(test_web=SUITE)
    try:
        result = pytester.runpytest_subprocess("--junitxml=report.xml", "test_web.py")
    finally:
        client = connect()
        for image in client.images.list("seatrials-standin/web"):
            client.images.remove(image.tags[0])
        client.close()
    result.assert_outcomes(passed=1)
    properties = ElementTree.parse(pytester.path / "report.xml").iter("property")
    assert {"name": "stand-in for 127.0.0.1:9/web:1", "value": "a bare Python"} in [one.attrib for one in properties]


def test_without_systems_the_report_has_nothing_of_the_kind(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_plain="def test_plain(): pass")
    pytester.runpytest_subprocess("--junitxml=report.xml").assert_outcomes(passed=1)
    assert "stand-in" not in (pytester.path / "report.xml").read_text()
