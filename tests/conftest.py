"""What all tests share: `pytester`, which runs pytest inside a test."""

from __future__ import annotations

pytest_plugins = ["pytester"]
