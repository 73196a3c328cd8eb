"""What of a folder with a Dockerfile goes to the engine."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from seatrials.environment.images.dockerfile import Rewritten, bases
from seatrials.errors import SeatrialsError


class Context:
    """A folder with a Dockerfile: what it is built from, and what of it goes to the engine.

    `.dockerignore` is honoured. Raises `SeatrialsError` if there is no Dockerfile.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.dockerfile = folder / "Dockerfile"
        try:
            self.text = self.dockerfile.read_text(encoding="utf-8")
        except OSError:
            raise SeatrialsError(
                "there is no Dockerfile to build",
                where=str(self.dockerfile),
                cure="add it, or name the right folder",
            ) from None
        self.bases = bases(self.text)

    def files(self) -> list[str]:
        """The paths that go to the engine, relative to the folder."""
        from docker.utils.build import exclude_paths

        ignored = self.folder / ".dockerignore"
        lines = ignored.read_text(encoding="utf-8").splitlines() if ignored.is_file() else []
        patterns = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
        return sorted(exclude_paths(str(self.folder), patterns, dockerfile="Dockerfile"))

    def digest(self, found: Mapping[str, str]) -> str:
        """Changes with any file that goes to the engine, and with the images that it is built on."""
        content = hashlib.sha256(repr(sorted(found.items())).encode())
        for name in self.files():
            path = self.folder / name
            mode = path.lstat().st_mode
            content.update(f"{name}\0{mode:o}\0".encode())
            if path.is_symlink():
                content.update(str(path.readlink()).encode())
            elif path.is_file():
                content.update(hashlib.sha256(path.read_bytes()).digest())
        return content.hexdigest()[:12]

    def pack(self, rewritten: Rewritten) -> IO[bytes]:
        """The folder as a tar, with the rewritten Dockerfile."""
        from docker.utils.build import create_archive

        packed: IO[bytes] = create_archive(
            root=str(self.folder), files=self.files(), extra_files=[("Dockerfile", rewritten.text)]
        )
        return packed
