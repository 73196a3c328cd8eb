"""A pytest plugin that runs the collected tests in a random order: `SHUFFLE=<seed> pytest -p benchmarks.shuffle`."""

from __future__ import annotations

import os
import random

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The same seed gives the same order."""
    random.Random(os.environ.get("SHUFFLE")).shuffle(items)
