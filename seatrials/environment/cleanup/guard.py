"""The guard: a small process that removes what the run made when the run ends, in whatever way it ends.

It holds the reading end of a pipe. The pipe closes when the run says so, dies of an exception or is killed,
and the guard then removes everything that carries the run's label. It is the only way of cleaning up, so it
is tried at each run's end.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import weakref
from pathlib import Path

from seatrials.environment.run import RUN, SYSTEM
from seatrials.errors import SeatrialsError

PROGRAM = Path(__file__).with_name("watch.py")


class Guard:
    """The run's side of its guard. Starting it costs the run about two milliseconds.

    `patience` is how many seconds it tries to remove what the engine does not let go.
    """

    def __init__(self, run: str, *, patience: float = 20.0) -> None:
        self.run = run
        self._kept: list[str] = []
        # -I -S: no site-packages, no user's settings, up in some 15 ms. A session of its own: Ctrl-C does not
        # reach it. Its output goes to a pipe, because whoever waits for the end of the run's own output must
        # not wait for the guard.
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd="/",
            bufsize=0,
        )
        _close_in_forks(self._process)
        # An editable installation is found by an import hook, which -S does not have: so where this package
        # is goes along.
        self._tell(json.dumps({"run": run, "path": [*sys.path, str(PROGRAM.parents[3])], "patience": patience}))

    @property
    def pid(self) -> int:
        """The guard's process id."""
        return self._process.pid

    def keep(self, system: str) -> None:
        """From now on this system is to stay when the run ends."""
        self._kept.append(system)
        self._tell(f"keep {system}")

    def end(self, *, orderly: bool = True) -> None:
        """Have everything removed and wait for it. Again does nothing.

        Not `orderly` means that a request to the engine may still be under way; the guard then watches for
        what it brings. Raises `SeatrialsError` with what could not be removed.
        """
        if self._process.stdin is None or self._process.stdin.closed:
            return
        if orderly:
            self._tell("end")
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        assert self._process.stdout is not None
        said = self._process.stdout.read().decode(errors="replace")
        self._process.stdout.close()
        code = self._process.wait()
        if code < 0:
            self._instead()
        elif code:
            raise SeatrialsError(
                "not everything that this run made could be removed",
                cure=f"see it with: docker ps -a --filter label={RUN}={self.run}; the next run tries again",
                details=said,
            )

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line.encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # it was killed; `end` sees that and does its work

    def _instead(self) -> None:
        """Do the work of a guard that somebody killed."""
        from seatrials.environment.cleanup.remove import clear
        from seatrials.environment.engine import connect

        client = connect()
        try:
            clear(client, {RUN: self.run}, spare=lambda thing: thing.labels.get(SYSTEM) in self._kept)
        finally:
            client.close()


def _close_in_forks(process: subprocess.Popen[bytes]) -> None:
    """A child that is forked without exec would keep the pipe open after the run's death."""
    reference = weakref.ref(process)

    def forget() -> None:
        held = reference()
        if held is not None and held.stdin is not None and not held.stdin.closed:
            held.stdin.close()

    os.register_at_fork(after_in_child=forget)
