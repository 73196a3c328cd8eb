"""The supply of images: found locally, or pulled, or built from a recipe where no registry is reached."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from seatrials.environment.images import registry
from seatrials.environment.images.build import build, remove_old, trusted_base
from seatrials.environment.images.context import Context
from seatrials.environment.images.once import Once
from seatrials.environment.images.recipes import EXAMPLE, Recipe, Recipes
from seatrials.environment.images.rootfs import import_rootfs
from seatrials.environment.images.stream import Streams
from seatrials.environment.images.trust import Trust, host_trust
from seatrials.errors import SeatrialsError

if TYPE_CHECKING:
    import docker

STAND_IN = "seatrials.stand-in"
"""The label of a stand-in: what it really is."""


@dataclass(frozen=True)
class Image:
    """An image that is there. Containers are made from `id`; `name` is what people call it.

    `stand_in` says what it really is if it stands in for `name`; `bases` are the images it was built from.
    """

    id: str
    name: str
    stand_in: str | None = None
    bases: tuple[Image, ...] = ()

    def stand_ins(self) -> dict[str, str]:
        """Every stand-in in it, itself and its bases: the name asked for → what it really is."""
        found = {self.name: self.stand_in} if self.stand_in else {}
        for base in self.bases:
            found |= base.stand_ins()
        return found


class Supply:
    """Gives images, each made once however many threads ask for it.

    `project` is the folder whose `images/` holds the recipes; `say` gets one line for each thing that takes
    time; `answer_within` is how many seconds a registry may be silent.
    """

    def __init__(
        self,
        client: docker.DockerClient,
        project: Path,
        say: Callable[[str], None],
        *,
        answer_within: float = registry.ANSWER_WITHIN,
        trust: Callable[[], Trust | None] = host_trust,
    ) -> None:
        self._client = client
        self._project = project
        self._say = say
        self._answer_within = answer_within
        self._trust = trust
        self._recipes = Recipes(project / "images")
        self._streams = Streams(client)
        self._once: Once[Image] = Once()
        self._silent: dict[str, str] = {}

    def image(self, name: str) -> Image:
        """The image of that name, as for `docker pull`.

        Raises `SeatrialsError` if it is not to be had: it is not in its registry, the login is refused, or
        there is neither a network nor a recipe.
        """
        return self._once.get(f"image {name}", lambda: self._local(name) or self._stand_in(name) or self._fetch(name))

    def build(self, folder: Path) -> Image:
        """The image of the Dockerfile in `folder`, built again only if a file or a base image of it changed.

        Raises `SeatrialsError` that names the Dockerfile and the step if it does not build.
        """
        return self._once.get(f"build {folder}", lambda: self._build(folder))

    def close(self) -> None:
        """Give up what is being pulled or built, in whichever thread: the run ends."""
        self._streams.close()

    def _id(self, reference: str) -> str | None:
        return registry.local_id(self._client, reference)

    def _local(self, name: str) -> Image | None:
        found = self._id(name)
        return Image(found, name) if found else None

    def _stand_in(self, name: str) -> Image | None:
        """The stand-in that is already there, built from the recipe as it is now."""
        recipe = self._recipes.find(name)
        if recipe is None:
            return None
        found = self._id(self._tag(recipe))
        return Image(found, name, recipe.what) if found else None

    def _tag(self, recipe: Recipe) -> str:
        """A name of our own: under the real one it would fool every other project on this machine."""
        return f"seatrials-standin/{_slug(recipe.name)}:{self._recipes.digest(recipe)}"

    def _fetch(self, name: str) -> Image:
        host = registry.host_of(name)
        if host not in self._silent:
            try:
                with self._timed(f"pulling {name}", f"pulled {name}"):
                    registry.pull(self._client, self._streams, name, answer_within=self._answer_within)
            except registry.UnreachableError as reason:
                self._silent[host] = str(reason)
            else:
                if found := self._local(name):
                    return found
                raise SeatrialsError(f"{name} was pulled and is not there", cure=f"see what docker pull {name} does")
        recipe = self._recipes.find(name)
        if recipe is None:
            raise SeatrialsError(
                f"{name} is not here, its registry cannot be reached, and there is no recipe for it",
                where=str(self._recipes.folder),
                cure=f"docker pull {name} where there is a network, or add <name>/image.toml: {EXAMPLE}",
                details=self._silent[host],
            )
        with self._once.locked(f"recipe {recipe.name}"):
            return self._stand_in(name) or self._make(name, recipe)

    def _make(self, name: str, recipe: Recipe) -> Image:
        tag = self._tag(recipe)
        beginning = f"building {name} from {self._shown(recipe.folder)}: {recipe.what}"
        if recipe.rootfs:
            label = f'LABEL {STAND_IN}="{recipe.what}"'
            with self._timed(beginning, f"built {name}"):
                import_rootfs(self._client, self._streams, recipe.rootfs, tag=tag, changes=(*recipe.changes, label))
        else:
            context = Context(recipe.folder)
            found = {base: self._trusted(self.image(base)) for base in context.bases}
            with self._timed(beginning, f"built {name}"):
                build(self._client, self._streams, context, found, tag=tag, labels={STAND_IN: recipe.what})
        remove_old(self._client, tag)
        return Image(self._id(tag) or tag, name, recipe.what)

    def _build(self, folder: Path) -> Image:
        context = Context(folder)
        images = tuple(self.image(base) for base in context.bases)
        found = {image.name: self._trusted(image) for image in images}
        tag = f"seatrials-build/{_slug(folder.name)}:{context.digest(found)}"
        if (there := self._id(tag)) is None:
            labels = {
                STAND_IN: "; ".join(
                    f"built on {base}, which is {what}" for image in images for base, what in image.stand_ins().items()
                )
            }
            with self._timed(f"building {self._shown(folder)}", f"built {self._shown(folder)}"):
                build(self._client, self._streams, context, found, tag=tag, labels=labels)
            remove_old(self._client, tag)
            there = self._id(tag) or tag
        return Image(there, tag, bases=images)

    def _trusted(self, image: Image) -> str:
        """The image to build on: itself, or with the certificates that this machine's owner added."""
        trust = self._trust()
        if trust is None:
            return image.id
        digest = hashlib.sha256(f"{image.id} {trust.digest}".encode()).hexdigest()[:12]
        tag = f"seatrials-base/{_slug(image.name)}:{digest}"
        with self._once.locked(tag):
            if self._id(tag) is None:
                trusted_base(self._client, self._streams, image.id, trust, tag=tag)
                remove_old(self._client, tag)
        return tag

    @contextmanager
    def _timed(self, beginning: str, end: str) -> Iterator[None]:
        """Say that something begins, and, if it comes to its end, how long it took."""
        self._say(f"{beginning} …")
        began = time.monotonic()
        yield
        self._say(f"{end}  {time.monotonic() - began:.1f} s")

    def _shown(self, folder: Path) -> str:
        return str(folder.relative_to(self._project)) if folder.is_relative_to(self._project) else str(folder)


def _slug(name: str) -> str:
    """A name that the engine takes for a repository."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "image"
