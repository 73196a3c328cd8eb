"""Recipes for images that could not be pulled: a folder each, found by the names that it stands in for."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from seatrials.environment.images import dockerfile
from seatrials.errors import SeatrialsError

EXAMPLE = 'stands_in_for = ["name:tag"], is = "what it really is", beside a Dockerfile or an executable `rootfs`'


@dataclass(frozen=True)
class Recipe:
    """One folder of `images/`.

    `what` says what the stand-in really is. It is built from `Dockerfile`, or from the tar of a root file
    system that the executable `rootfs` prints; `changes` are then the image's instructions (CMD, ENV, …).
    """

    folder: Path
    stands_in_for: tuple[str, ...]
    what: str
    changes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name

    @property
    def rootfs(self) -> Path | None:
        """The script that prints a root file system, if the recipe has one."""
        script = self.folder / "rootfs"
        return script if script.is_file() else None

    def bases(self) -> tuple[str, ...]:
        """The images that its Dockerfile is built from."""
        if self.rootfs:
            return ()
        return dockerfile.bases((self.folder / "Dockerfile").read_text(encoding="utf-8"))


class Recipes:
    """All recipes of a project: the folders of `folder` with an `image.toml`. Read when first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._all: tuple[Recipe, ...] | None = None

    def find(self, name: str) -> Recipe | None:
        """The recipe for an image, an exact name before a pattern. Raises `SeatrialsError` if several fit."""
        if self._all is None:
            self._all = tuple(read(path.parent) for path in sorted(self.folder.glob("*/image.toml")))
        wanted = canonical(name)
        exact = [recipe for recipe in self._all if wanted in map(canonical, recipe.stands_in_for)]
        found = exact or [
            recipe
            for recipe in self._all
            if any(fnmatchcase(wanted, canonical(pattern)) for pattern in recipe.stands_in_for)
        ]
        if len(found) > 1:
            raise SeatrialsError(
                f"{len(found)} recipes stand in for {name}",
                where=", ".join(str(recipe.folder / "image.toml") for recipe in found),
                cure="let only one of them name it in stands_in_for",
            )
        return found[0] if found else None

    def digest(self, recipe: Recipe, above: tuple[Path, ...] = ()) -> str:
        """Changes with any file of the recipe and of the recipes that it is built from."""
        if recipe.folder in above:
            raise SeatrialsError(
                f"the recipe {recipe.name} is built from itself",
                where=str(recipe.folder),
                cure="begin with another FROM",
            )
        content = hashlib.sha256()
        for path in sorted(path for path in recipe.folder.rglob("*") if path.is_file()):
            executable = bool(path.stat().st_mode & 0o100)
            content.update(f"{path.relative_to(recipe.folder)} {executable} {path.stat().st_size}\0".encode())
            content.update(path.read_bytes())
        for name in recipe.bases():
            base = self.find(name)
            content.update((self.digest(base, (*above, recipe.folder)) if base else name).encode())
        return content.hexdigest()[:12]


def read(folder: Path) -> Recipe:
    """The recipe of a folder. Raises `SeatrialsError` that names the `image.toml` if it is not right."""
    file = folder / "image.toml"
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SeatrialsError(f"the recipe cannot be read: {error}", where=str(file), cure=f"write {EXAMPLE}") from None
    names, what, changes = content.get("stands_in_for"), content.get("is"), content.get("changes", [])
    if not (_texts(names) and names and isinstance(what, str) and what and _texts(changes)):
        raise SeatrialsError("the recipe lacks stands_in_for or is", where=str(file), cure=f"write {EXAMPLE}")
    unknown = sorted(set(content) - {"stands_in_for", "is", "changes"})
    if unknown:
        raise SeatrialsError(
            f"the recipe has unknown keys: {', '.join(unknown)}", where=str(file), cure=f"write {EXAMPLE}"
        )
    recipe = Recipe(folder, tuple(names), what, tuple(changes))
    if not recipe.rootfs and not (folder / "Dockerfile").is_file():
        raise SeatrialsError(
            "the recipe has neither a Dockerfile nor a rootfs script",
            where=str(folder),
            cure="add one of them",
        )
    return recipe


def canonical(name: str) -> str:
    """An image name as the engine shortens it: without the hub's own host and `library`, with a tag."""
    short = name.removeprefix("docker.io/").removeprefix("index.docker.io/").removeprefix("library/")
    return short if "@" in short or ":" in short.rpartition("/")[2] else f"{short}:latest"


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
