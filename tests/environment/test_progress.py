"""The lines that tell of a start."""

from __future__ import annotations

import threading

from seatrials.environment.images.supply import Image
from seatrials.environment.progress import Progress, described

PLAIN = Image("sha256:1", "redis:7")
STAND_IN = Image("sha256:2", "postgres:16", "PostgreSQL 16.14 of PyPI")
BASE = Image("sha256:3", "python:3.13-slim", "Python 3.11 of Debian")
BUILT = Image("sha256:4", "seatrials-build/api:0123", bases=(BASE,))


def test_a_line_for_each_container_names_what_it_really_is() -> None:
    lines: list[str] = []
    progress = Progress(lines.append)
    progress.expect(["shop.database", "shop.cache"])
    progress.say("building services/api …")
    progress.started("shop", "database", STAND_IN, 0.314)
    progress.attached("shop", "cache", PLAIN)
    assert lines == [
        "building services/api …",
        "shop.database  postgres:16 → PostgreSQL 16.14 of PyPI, stand-in  0.31 s",
        "shop.cache     redis:7  kept",
    ]


def test_an_image_built_on_a_stand_in_says_so() -> None:
    assert described(BUILT) == "seatrials-build/api:0123 on python:3.13-slim → Python 3.11 of Debian, stand-in"
    assert described(PLAIN) == "redis:7"


def test_lines_from_several_threads_come_one_at_a_time() -> None:
    writing, overlaps = threading.Lock(), []

    def write(_: str) -> None:
        if not writing.acquire(blocking=False):
            overlaps.append(1)
            return
        threading.Event().wait(0.002)
        writing.release()

    progress = Progress(write)
    threads = [threading.Thread(target=progress.say, args=("x",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert overlaps == []
