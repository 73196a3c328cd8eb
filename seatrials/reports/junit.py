"""In the JUnit report: what each image that was not what its name says really was."""

from __future__ import annotations

import pytest
from _pytest.junitxml import xml_key

from seatrials.environment.session import ENVIRONMENT


def add_stand_ins(config: pytest.Config) -> None:
    """Add a property to the test suite for each stand-in, where a JUnit report is written.

    pytest offers properties of the whole suite by a fixture only, so this takes the report's own object.
    """
    report = config.stash.get(xml_key, None)
    environment = config.stash.get(ENVIRONMENT, None)
    if report is not None and environment is not None:
        for name, what in environment.stand_ins().items():
            report.add_global_property(f"stand-in for {name}", what)
