"""The store that docs/adding-a-store.md adds works as it stands there."""

from __future__ import annotations

import importlib.util
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from seatrials import System
from seatrials.environment.session import Environment

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "adding-a-store.md"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with the files of the guide, and the images that its own is built on."""
    shutil.copytree(ROOT / "images", tmp_path / "images")
    found = re.findall(r"^`([\w/.]+)`:\n\n```\w+\n(.*?)^```$", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    assert len(found) == 5
    for name, text in found:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def load(files: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Load a file as the module that it would be."""

    def load(path: str) -> ModuleType:
        name = path.removesuffix(".py").replace("/", ".")
        spec = importlib.util.spec_from_file_location(name, files / path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, name, module)
        spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture
def shop(files: Path, load: Any) -> Iterator[System]:
    """A running system with the store in it."""
    store: Any = load("seatrials/stores/memcached.py")

    class Shop(System):
        cache = store.Memcached()

    environment = Environment(files)
    try:
        environment.start({"shop": Shop})
        yield environment.system(Shop)
    finally:
        environment.close()


@pytest.mark.docker
def test_it_works_as_it_stands_there(shop: System, load: Any) -> None:
    cache: Any = shop.client("cache")
    sentences: Any = load("seatrials/vocabulary/memcached.py")
    cache.set("greeting", "hello")
    sentences.remembers("cache", "greeting", system=shop)
    with pytest.raises(AssertionError, match="the cache remembers 'hello' under 'greeting'"):
        sentences.does_not_remember("cache", "greeting", system=shop)

    shop.restore()
    sentences.does_not_remember("cache", "greeting", system=shop)
    with pytest.raises(AssertionError, match="the cache remembers nothing under 'greeting'"):
        sentences.remembers("cache", "greeting", system=shop)

    tests: Any = load("tests/stores/test_memcached.py")
    names = [name for name in vars(tests) if name.startswith("test_")]
    assert names
    for name in names:
        getattr(tests, name)(cache)
