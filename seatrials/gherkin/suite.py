"""The suite around the features: its `steps/` and `fixtures/` modules, and what its configuration says."""

from __future__ import annotations

import difflib
import importlib
import sys
import traceback
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path
from types import TracebackType

import pytest

from seatrials.errors import SeatrialsError

_ALLOWED = pytest.StashKey[frozenset[str]]()
_MADE = "__seatrials_folder__"
VOCABULARY = "seatrials.vocabulary"
FOLDERS = ("seatrials_fixtures", "seatrials_steps")


def add_options(parser: pytest.Parser) -> None:
    """The settings of the Gherkin room."""
    parser.addini("seatrials_steps", "the folder with the suite's step definitions", default="steps")
    parser.addini("seatrials_fixtures", "the folder with the suite's fixtures", default="fixtures")
    parser.addini("seatrials_allow", "ids of the checks that are switched off", type="args", default=[])


def allowed(config: pytest.Config) -> frozenset[str]:
    """The ids of the rules that the project has switched off. Raises `pytest.UsageError` for an id that there
    is not."""
    if _ALLOWED not in config.stash:
        from seatrials.gherkin.check import IDS

        names = frozenset(config.getini("seatrials_allow"))
        for name in sorted(names - set(IDS)):
            close = difflib.get_close_matches(name, IDS, 1)
            hint = f"; did you mean {close[0]!r}?" if close else "."
            known = ", ".join(IDS)
            raise pytest.UsageError(f"seatrials_allow: there is no check {name!r}{hint} The checks are: {known}")
        config.stash[_ALLOWED] = names
    return config.stash[_ALLOWED]


def prepare(config: pytest.Config) -> None:
    """Make the suite's folders importable, with pytest's explanation of assertions, before any conftest
    imports them."""
    if VOCABULARY not in sys.modules:  # in a session inside another one it is already as it should be
        pytest.register_assert_rewrite(VOCABULARY)
    root = config.rootpath
    for setting in FOLDERS:
        folder = root / config.getini(setting)
        if not folder.is_dir():
            continue
        if str(root) not in sys.path:
            sys.path.insert(0, str(root))
        package = _package(root, folder)
        _forget(package, folder)
        if package not in sys.modules:
            pytest.register_assert_rewrite(package)
        _make(package, folder, setting)


def load(config: pytest.Config) -> None:
    """Import the suite's modules and register each as a plugin, so that its steps and fixtures are visible
    everywhere.

    Raises `pytest.UsageError` that names the file when one cannot be imported.
    """
    if config.getini("seatrials_allow"):
        allowed(config)
    root = config.rootpath
    for setting in FOLDERS:
        folder = root / config.getini(setting)
        for file in _modules(folder):
            name = ".".join((_package(root, folder), *file.relative_to(folder).with_suffix("").parts))
            shown = file.relative_to(root).as_posix() if file.is_relative_to(root) else str(file)
            if not config.pluginmanager.has_plugin(shown):
                config.pluginmanager.register(_imported(name, shown), shown)


def _package(root: Path, folder: Path) -> str:
    return ".".join(folder.relative_to(root).parts) if folder.is_relative_to(root) else folder.name


def _forget(package: str, folder: Path) -> None:
    """Unload the same-named folder of another suite: a pytest session that runs inside another one has its
    own."""
    known = sys.modules.get(package)
    if known is not None and getattr(known, _MADE, str(folder)) != str(folder):
        for name in [one for one in sys.modules if one == package or one.startswith(f"{package}.")]:
            del sys.modules[name]


def _modules(folder: Path) -> Iterator[Path]:
    for file in sorted(folder.rglob("*.py")):
        parts = file.relative_to(folder).parts
        if file.name != "conftest.py" and not any(part.startswith(("_", ".")) for part in parts):
            yield file


def _make(package: str, folder: Path, setting: str) -> None:
    """Make `package` the suite's folder, even where an installed package has its name (`fixtures` is one on
    PyPI)."""
    parts = package.split(".")
    for depth in range(1, len(parts) + 1):
        name = ".".join(parts[:depth])
        place = folder.parents[len(parts) - depth - 1] if depth < len(parts) else folder
        known = sys.modules.get(name)
        if known is not None:
            if str(place) not in map(str, getattr(known, "__path__", ())):
                where = getattr(known, "__file__", None) or list(getattr(known, "__path__", ()))
                raise pytest.UsageError(
                    f"{place}: a package named {name!r} is already loaded, from {where}; "
                    f'rename the folder and say so in [tool.pytest]: {setting} = "…"'
                )
            continue
        if (place / "__init__.py").exists():
            spec = importlib.util.spec_from_file_location(
                name, place / "__init__.py", submodule_search_locations=[str(place)]
            )
        else:
            spec = ModuleSpec(name, None, is_package=True)
            spec.submodule_search_locations = [str(place)]
        assert spec is not None
        module = sys.modules[name] = module_from_spec(spec)
        setattr(module, _MADE, str(place))
        if spec.loader is not None:
            spec.loader.exec_module(module)


def _imported(name: str, shown: str) -> object:
    try:
        return importlib.import_module(name)
    except SeatrialsError as error:
        raise pytest.UsageError(f"{shown} cannot be imported: {error}") from None
    except Exception as error:
        lines = traceback.format_exception(type(error), error, _from(error, name))
        raise pytest.UsageError(f"{shown} cannot be imported\n{''.join(lines)}") from None


def _from(error: Exception, name: str) -> TracebackType | None:
    """The traceback from the module's own first line on."""
    frames = error.__traceback__
    while frames is not None:
        if frames.tb_frame.f_globals.get("__name__") == name:
            return frames
        frames = frames.tb_next
    return None
