"""Building an image with the engine's classic builder, and showing where it failed."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from seatrials.environment.engine import translate
from seatrials.environment.images.context import Context
from seatrials.environment.images.dockerfile import Rewritten, rewrite
from seatrials.environment.images.stream import Streams
from seatrials.environment.images.trust import Trust, build_arguments, declarations, needs_host_network
from seatrials.errors import SeatrialsError

if TYPE_CHECKING:
    import docker

LABEL = {"seatrials.build": "1"}
KEPT_BUILDS = 5
"""How many images stay of those that were built under one name: branches and checkouts take turns."""
SHOWN_LINES = 15
"""How much of a failed build's output is shown."""

_STEP = re.compile(r"^Step (\d+)/\d+ : (.*)")
_NOISE = re.compile(r" ---> |Removing intermediate container ")
_PARSE_ERROR = re.compile(r"dockerfile parse error line (\d+): ")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")
_BUILDKIT = re.compile(r"buildkit|unknown (flag|instruction)", re.IGNORECASE)


def build(
    client: docker.DockerClient,
    streams: Streams,
    context: Context,
    found: Mapping[str, str],
    *,
    tag: str,
    labels: Mapping[str, str],
) -> None:
    """Build `context` on the images `found`. Raises `SeatrialsError` with the step that failed."""
    arguments = build_arguments()
    rewritten = rewrite(context.text, found, declarations(arguments))
    with context.pack(rewritten) as packed:
        run(
            client,
            streams,
            packed,
            tag=tag,
            labels=labels,
            arguments=arguments,
            origin=context.dockerfile,
            rewritten=rewritten,
        )


def trusted_base(client: docker.DockerClient, streams: Streams, base: str, trust: Trust, *, tag: str) -> None:
    """Put this machine's certificates on top of the image `base`, and tag the result."""
    packed = io.BytesIO(trust.context(base))
    run(client, streams, packed, tag=tag, labels={}, origin=f"{base} with this machine's certificates")


def run(
    client: docker.DockerClient,
    streams: Streams,
    packed: IO[bytes],
    *,
    tag: str,
    labels: Mapping[str, str],
    origin: Path | str,
    arguments: Mapping[str, str] | None = None,
    rewritten: Rewritten | None = None,
) -> None:
    """Send a packed context to the engine. `origin` is what the error calls the Dockerfile."""
    from docker.errors import APIError

    options: dict[str, Any] = {"tag": tag, "labels": {**LABEL, **labels}, "buildargs": dict(arguments or {})}
    if needs_host_network(arguments or {}):
        options["network_mode"] = "host"
    step, number, output = "", 0, ""
    steps = rewritten.steps if rewritten else ()

    def start() -> Any:
        return client.api.build(fileobj=packed, custom_context=True, rm=True, forcerm=True, decode=True, **options)

    try:
        for line in streams.read(start):
            text = str(line.get("stream", ""))
            if begun := _STEP.match(text):
                step, number, output = begun[2].strip(), int(begun[1]), ""
            elif not _NOISE.match(text):
                output = (output + text)[-20_000:]
            if problem := line.get("error") or line.get("message"):
                raise _failed(str(problem), step, _place(origin, number, steps), output)
    except APIError as error:  # refused before the first step
        problem = str(error.explanation or error)
        parsed = _PARSE_ERROR.match(problem)
        where = _place(origin, int(parsed[1]), rewritten.lines if rewritten else ()) if parsed else str(origin)
        raise _failed(_PARSE_ERROR.sub("", problem), "", where, "") from None
    except OSError as error:
        raise translate(error, where=str(origin)) from error


def remove_old(client: docker.DockerClient, tag: str) -> None:
    """Remove what was built under the same name long ago, so that a day of edits does not fill the disk.

    The newest `KEPT_BUILDS` stay, and so does what a container uses.
    """
    from docker.errors import APIError

    images = client.api.images(name=tag.rpartition(":")[0])
    for image in sorted(images, key=lambda image: image["Created"], reverse=True)[KEPT_BUILDS:]:
        for old in set(image["RepoTags"]) - {tag}:
            with suppress(APIError):  # in use, or another run was faster
                client.api.remove_image(old)


def _place(origin: Path | str, number: int, lines: tuple[int, ...]) -> str:
    """The line in the original Dockerfile of the step or line `number` of the one that the engine got."""
    return f"{origin}:{lines[number - 1]}" if 0 < number <= len(lines) else str(origin)


def _failed(problem: str, step: str, where: str, output: str) -> SeatrialsError:
    if "no space left on device" in problem + output:
        return translate(RuntimeError(problem), where=where)
    cure = "correct this step; docker build shows all of the output"
    if _BUILDKIT.search(problem):
        cure = "write it without BuildKit's extensions, or build it yourself and declare image="
    what = f"the Dockerfile does not build: {step}" if step else "the Dockerfile does not build"
    return SeatrialsError(_masked(what), where=where, cure=cure, details=_masked(last_lines(f"{output}\n{problem}")))


def last_lines(output: str) -> str:
    """The last lines of an output that say something."""
    plain = _COLOUR.sub("", output).replace("\r", "\n")  # the builder paints what went to stderr
    lines = [line.rstrip() for line in plain.splitlines() if line.strip()]
    return "\n".join(lines[-SHOWN_LINES:])


def _masked(text: str) -> str:
    return _CREDENTIALS.sub("***@", text)
