"""What a run stands on: the engine, the supply of images, the run's lock, the guard and the sweep."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from seatrials.environment.cleanup.guard import Guard
from seatrials.environment.cleanup.sweep import sweep
from seatrials.environment.engine import connect
from seatrials.environment.images.supply import Image, Supply
from seatrials.environment.launch import Launcher
from seatrials.environment.member import Spec
from seatrials.environment.run import Run

ANSWER_WITHIN = 60.0
"""Seconds for one answer of the engine once it has shown that it is there: on a busy machine it can take its time."""


class Ground:
    """Opened when the first system is wanted. Raises `SeatrialsError` if there is no engine to work with."""

    def __init__(self, root: Path, say: Callable[[str], None]) -> None:
        self.client = connect()
        self.client.api.timeout = ANSWER_WITHIN
        self.root = root
        self.run = Run()
        self.launcher = Launcher(self.client)
        self._supply = Supply(self.client, root, say)
        self._say = say
        self._lock = threading.Lock()
        self._guard: Guard | None = None
        self._sweeping = threading.Thread(target=self._sweep, name="seatrials-sweep", daemon=True)
        self._sweeping.start()

    def guard(self) -> Guard:
        """The guard, up from the first call on: call it before anything is made."""
        with self._lock:
            if self._guard is None:
                self._guard = Guard(self.run.id)
            return self._guard

    def image(self, spec: Spec) -> Image:
        """The image of a specification, pulled or built if need be. Raises `SeatrialsError`."""
        if spec.build is not None:
            return replace(self._supply.build(self.root / spec.build), name=str(spec.build))
        return self._supply.image(spec.image or "")

    def give_up(self) -> None:
        """End pulls and builds."""
        self._supply.close()

    def close(self, *, orderly: bool) -> None:
        """Have everything removed that the run made and did not keep; see `Guard.end`."""
        self._sweeping.join(timeout=10)
        try:
            if self._guard is not None:
                self._guard.end(orderly=orderly)
        finally:
            self.run.end()
            self.client.close()

    def _sweep(self) -> None:
        """In a thread of its own beside the start. What goes wrong here does not concern this run."""
        try:
            refused = sweep(self.client)
        except Exception as error:
            refused = [f"{type(error).__name__}: {error}"]
        for line in refused:
            self._say(f"left by an earlier run and not removed: {line}")
