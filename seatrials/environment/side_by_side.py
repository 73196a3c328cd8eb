"""Do several things at once, in threads that never hold up the end of the process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TypeVar

T = TypeVar("T")


def side_by_side(works: Mapping[str, Callable[[], T]]) -> dict[str, T]:
    """The result of each, in the same order. Raises the first failure at once, while the others are still at
    work.

    Unlike an executor's, the threads are not waited for when the interpreter ends, and Ctrl-C gets through
    while waiting.
    """
    changed = threading.Condition()
    done: dict[str, T] = {}
    failed: list[BaseException] = []

    def run(name: str, work: Callable[[], T]) -> None:
        try:
            result = work()
        except BaseException as error:
            with changed:
                failed.append(error)
                changed.notify_all()
        else:
            with changed:
                done[name] = result
                changed.notify_all()

    for name, work in works.items():
        threading.Thread(target=run, args=(name, work), name=name, daemon=True).start()
    with changed:
        changed.wait_for(lambda: failed or len(done) == len(works))
        if failed:
            raise failed[0]
        return {name: done[name] for name in works}
