"""A failure that explains itself: the steps, what the failing one said, where it is defined, how to run it
again."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from _pytest._code.code import (
    ExceptionChainRepr,
    ReprEntryNative,
    ReprFileLocation,
    ReprTraceback,
    Traceback,
    TracebackStyle,
    filter_traceback,
)

from seatrials.errors import SeatrialsError

if TYPE_CHECKING:
    from seatrials.gherkin.item import ScenarioItem
    from seatrials.gherkin.run import Outcome

_MARKS = {"passed": "✓", "failed": "✗", "skipped": "–", "running": "–"}
_TOLD = (AssertionError, SeatrialsError, pytest.fail.Exception)
"""What a step raises to say something to the reader; anything else is a mistake in code, and shows where."""


def failure(
    item: ScenarioItem,
    excinfo: pytest.ExceptionInfo[BaseException],
    default: Callable[[pytest.ExceptionInfo[BaseException], TracebackStyle], Any],
) -> Any:
    """How pytest shows the failure of a scenario. `default` is how it would without us, in the given
    style."""
    error = excinfo.value
    style: TracebackStyle = item.config.option.tbstyle
    full = item.config.option.fulltrace or style == "long"
    failed = next((one for one in item.outcomes if one.error is error), None)
    if failed is None and not isinstance(error, (SeatrialsError, pytest.fail.Exception)):
        return default(excinfo, "long" if style == "auto" else style)
    if isinstance(error, _TOLD) and str(error).strip() and not full:
        told = str(error)
    else:
        told = str(default(excinfo, "long" if full else "short"))
    text = report(item, told, failed)
    line = failed.bound.step.line if failed else item.pickle.line
    first = (str(error) or type(error).__name__).strip().splitlines()[0]
    message = first if isinstance(error, _TOLD) else f"{type(error).__name__}: {first}"
    crash = ReprFileLocation(str(item.path), line, message)
    # Of pytest's own classes, this one also travels from a worker of pytest-xdist to its controller.
    traceback = ReprTraceback([ReprEntryNative([text + "\n"])], None, "native")
    return ExceptionChainRepr([(traceback, crash, None)])


def report(item: ScenarioItem, told: str, failed: Outcome | None) -> str:
    """The scenario with its steps, `told` below the one that failed; without steps where it did not come to them."""
    place = f"{_path(item)}:{item.pickle.line}"
    lines = [f"{item.feature.name} › {item.pickle.name}", place, ""]
    if not item.outcomes:
        return "\n".join([*lines, *_indented(told, 2), "", f"  run it again: pytest {shlex.quote(place)}"])
    shown = [f"{bound.step.keyword} {bound.step.text}" for bound in item.bound]
    width = min(max(map(len, shown), default=0), 90)
    for number, (bound, text) in enumerate(zip(item.bound, shown, strict=True)):
        outcome = item.outcomes[number] if number < len(item.outcomes) else None
        if outcome is None:
            lines.append(f"  – {text}")
            continue
        lines.append(f"  {_MARKS[outcome.status]} {text:<{width}}  {outcome.seconds:6.2f} s")
        if outcome is failed:
            lines += ["", *_indented(told, 6), ""]
            lines.append(f"      {place.rsplit(':', 1)[0]}:{bound.step.line}")
            if bound.definition:
                lines.append(f"      defined at {bound.definition.place}")
            lines.append("")
    if failed is None:
        lines += ["", *_indented(told, 2)]
    if lines[-1]:
        lines.append("")
    lines.append(f"  run it again: pytest {shlex.quote(place)}")
    return "\n".join(lines)


def own_frames(item: ScenarioItem, excinfo: pytest.ExceptionInfo[BaseException]) -> Traceback | None:
    """The traceback without pytest's frames and ours, which leaves the suite's; None where all are wanted."""
    if item.config.option.fulltrace:
        return None
    here = str(Path(__file__).parent)
    rest = excinfo.traceback.filter(filter_traceback)
    return rest.filter(lambda entry: not str(entry.path).startswith(here)).filter(excinfo) or None


def _path(item: ScenarioItem) -> str:
    """The feature file as one would type it where pytest was called."""
    path, folder = item.path, item.config.invocation_params.dir
    return os.path.relpath(path, folder) if path.is_relative_to(item.config.rootpath) else str(path)


def _indented(text: str, width: int) -> list[str]:
    return [f"{' ' * width}{line}".rstrip() for line in text.rstrip().splitlines()]
