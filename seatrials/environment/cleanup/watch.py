"""What the guard process runs; see `guard`. Until the run ends it has loaded nothing but this file.

It reads lines: first a JSON object with the run's id and its module search path, then `keep <system>` for
each system that is to stay, and `end` when the run ends in good order. The end of the input is the end of the
run.
"""

from __future__ import annotations

import os
import sys


def main() -> int:
    import signal

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)  # it ends by itself, when its work is done
    lines = _read().splitlines()
    if not lines:
        return 0  # the run died before it could make anything

    import json

    first = json.loads(lines[0])
    sys.path[:] = first["path"]
    kept = {line.removeprefix("keep ") for line in lines if line.startswith("keep ")}
    try:
        _clear(first["run"], kept, orderly="end" in lines, patience=first["patience"])
    except Exception as error:  # the run shows it, where there still is one
        print(f"{type(error).__name__}: {error}")  # noqa: T201  # its output is a pipe to the run
        return 1
    return 0


def _read() -> str:
    parts = []
    while part := os.read(0, 65536):
        parts.append(part)
    return b"".join(parts).decode()


def _clear(run: str, kept: set[str], *, orderly: bool, patience: float) -> None:
    from seatrials.environment.cleanup.remove import Found, clear, find
    from seatrials.environment.engine import connect
    from seatrials.environment.run import RUN, SYSTEM
    from seatrials.waiting import NotInTime, always

    def spared(thing: Found) -> bool:
        return thing.labels.get(SYSTEM) in kept

    client = connect()
    while True:
        clear(client, {RUN: run}, spare=spared, within=patience)
        if orderly:
            return

        def nothing() -> None:
            assert all(spared(thing) for thing in find(client, {RUN: run}))

        try:  # a request that the run had sent before it died may still bring something
            always(nothing, during=0.5, every=0.05)
            return
        except NotInTime:
            continue


if __name__ == "__main__":
    sys.exit(main())
