"""Measure several ways of doing the same thing in turn, and print medians and ratios.

The ways alternate round by round, so that a machine that slows down slows all of them.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence


def in_turn(ways: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Call each way once a round, for `rounds` rounds and one more before that is not counted; seconds by way."""
    seen: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(rounds + 1):
        for name, measure in ways.items():
            seconds = measure()
            if turn:
                seen[name].append(seconds)
    return seen


def table(title: str, seen: Mapping[str, Sequence[float]], *, base: str, unit: str = "ms") -> str:
    """The figures as text: minimum, median, maximum, and the median's ratio to that of `base`."""
    factor = {"s": 1, "ms": 1000}[unit]
    reference = statistics.median(seen[base])
    width = max(len(name) for name in seen)
    lines = [title, f"  {'':{width}}  {'min':>9} {'median':>9} {'max':>9}  {unit}   ratio"]
    for name, values in seen.items():
        low, middle, high = (factor * f(values) for f in (min, statistics.median, max))
        ratio = statistics.median(values) / reference
        lines.append(f"  {name:{width}}  {low:9.2f} {middle:9.2f} {high:9.2f}       {ratio:6.2f}")
    return "\n".join(lines)
