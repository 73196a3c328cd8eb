"""Making a base image out of a root file system that a script prints."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from seatrials.environment.engine import translate
from seatrials.environment.images.build import last_lines
from seatrials.environment.images.stream import Streams
from seatrials.errors import SeatrialsError

if TYPE_CHECKING:
    import docker


def import_rootfs(
    client: docker.DockerClient, streams: Streams, script: Path, *, tag: str, changes: tuple[str, ...]
) -> None:
    """Make an image of the tar that `script` prints. Raises `SeatrialsError` with its words if it fails."""
    from docker.errors import ImageNotFound

    with tempfile.TemporaryFile() as tar, tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [script],
            cwd=script.parent,
            stdin=subprocess.DEVNULL,
            stdout=tar,
            stderr=said,
            start_new_session=True,
        )
        try:
            code = next(iter(streams.read(lambda: [{"exit": process.wait()}])))["exit"]
        except BaseException:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)  # and not SIGKILL: it has a folder of its own to remove
            process.wait()
            raise
        said.seek(0)
        words = said.read().decode(errors="replace")
        if code != 0:
            raise SeatrialsError(
                f"the root file system was not made (exit status {code})",
                where=str(script),
                cure="run it by itself",
                details=last_lines(words),
            )
        tar.seek(0)
        repository, _, version = tag.rpartition(":")
        answer = client.api.import_image(src=tar, repository=repository, tag=version, changes=list(changes))
        try:
            client.images.get(tag)
        except ImageNotFound:
            raise translate(RuntimeError(str(answer)), where=str(script)) from None
