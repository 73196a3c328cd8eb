from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from seatrials.environment.images.supply import Supply
from seatrials.errors import SeatrialsError
from seatrials.waiting import eventually

if TYPE_CHECKING:
    import docker

pytestmark = pytest.mark.docker

PROJECT = Path(__file__).parents[3]
"""The recipes of this repository give a base with a shell where none can be pulled."""
SHELL = "debian:bookworm-slim"


@pytest.fixture
def base(tiny: Callable[[str], str]) -> str:
    """An image without a shell, to build on in milliseconds."""
    name = f"seatrials-test/base:{uuid.uuid4().hex[:8]}"
    tiny(name)
    return name


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def build(client: docker.DockerClient, said: list[str], removed: Callable[[str], str]) -> Callable[[Path], Any]:
    """Builds in a new session, as the next run of pytest would, without this machine's certificates."""

    def build(folder: Path) -> Any:
        image = Supply(client, PROJECT, said.append, trust=lambda: None).build(folder)
        removed(image.name)
        return image

    return build


def service(folder: Path, dockerfile: str, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "Dockerfile").write_text(dockerfile)
    for name, content in files.items():
        (folder / name).write_text(content)
    return folder


def test_a_folder_is_built_once(build: Callable[[Path], Any], said: list[str], base: str, tmp_path: Path) -> None:
    folder = service(tmp_path / "Tiny_service", f"FROM {base}\nCOPY app /app\n", app="1")
    first = build(folder)
    assert first.name.startswith("seatrials-build/tiny-service:")
    assert said[0] == f"building {folder} …"
    assert re.fullmatch(rf"built {folder}  \d+\.\d s", said[1])
    assert build(folder) == first
    assert len(said) == 2


def test_it_is_built_again_when_a_file_changes_and_only_then(
    build: Callable[[Path], Any], base: str, tmp_path: Path
) -> None:
    folder = service(tmp_path / "svc", f"FROM {base}\nCOPY . /app\n", app="1", notes="1")
    (folder / ".dockerignore").write_text("# not for the image\nnotes\n")
    first = build(folder)
    (folder / "notes").write_text("2")
    assert build(folder) == first
    (folder / "app").write_text("2")
    second = build(folder)
    assert second.id != first.id
    (folder / "app").chmod(0o755)
    assert build(folder).id not in (first.id, second.id)


def test_builds_of_long_ago_are_removed(
    client: docker.DockerClient, build: Callable[[Path], Any], base: str, tmp_path: Path
) -> None:
    folder = tmp_path / f"edited-{uuid.uuid4().hex[:8]}"
    names = [build(service(folder, f"FROM {base}\nCOPY app /app\n", app=str(n))).name for n in range(7)]
    left = {tag for image in client.images.list(name=names[0].partition(":")[0]) for tag in image.tags}
    assert names[-1] in left
    assert len(left) == 5


def test_it_is_built_again_when_its_base_changes(
    build: Callable[[Path], Any], tiny: Callable[[str], str], base: str, tmp_path: Path
) -> None:
    folder = service(tmp_path / "svc", f"FROM {base}\nLABEL a=b\n")
    first = build(folder)
    tiny(base)
    assert build(folder).id != first.id


def test_ignored_files_do_not_reach_the_image(
    client: docker.DockerClient, build: Callable[[Path], Any], base: str, tmp_path: Path
) -> None:
    import docker.errors

    folder = service(tmp_path / "svc", f"FROM {base}\nCOPY . /app\n", app="1", secret="1")
    (folder / ".dockerignore").write_text("secret\n")
    container = client.containers.create(build(folder).id, "none")
    try:
        container.get_archive("/app/app")
        with pytest.raises(docker.errors.NotFound):
            container.get_archive("/app/secret")
    finally:
        container.remove()


def test_stages_and_foreign_images_are_supplied(
    client: docker.DockerClient, build: Callable[[Path], Any], base: str, tmp_path: Path
) -> None:
    lines = (
        f"ARG BASE={base}",
        "FROM ${BASE} AS one",
        "FROM scratch",
        "COPY --from=one /hello /a",
        f"COPY --from={base} /hello /b",
    )
    image = build(service(tmp_path / "svc", "\n".join(lines)))
    assert [used.name for used in image.bases] == [base]
    assert image.stand_ins() == {}
    assert client.images.get(image.id).labels["seatrials.build"] == "1"


def test_a_folder_without_a_dockerfile(build: Callable[[Path], Any], tmp_path: Path) -> None:
    with pytest.raises(SeatrialsError, match="there is no Dockerfile") as caught:
        build(tmp_path / "nowhere")
    assert caught.value.where == str(tmp_path / "nowhere" / "Dockerfile")


def test_a_base_that_is_not_to_be_had(build: Callable[[Path], Any], refused_registry: str, tmp_path: Path) -> None:
    with pytest.raises(SeatrialsError, match=f"{refused_registry}/base:1 is not here"):
        build(service(tmp_path / "svc", f"FROM {refused_registry}/base:1\n"))


def test_a_line_that_is_no_instruction(build: Callable[[Path], Any], base: str, tmp_path: Path) -> None:
    folder = service(tmp_path / "svc", f"\n\nFROM {base}\n\nCOPPY a b\n")
    with pytest.raises(SeatrialsError, match="does not build") as caught:
        build(folder)
    assert caught.value.details == "unknown instruction: COPPY"
    assert caught.value.where == f"{folder / 'Dockerfile'}:5"


def test_a_file_that_is_not_there(build: Callable[[Path], Any], base: str, tmp_path: Path) -> None:
    folder = service(tmp_path / "svc", f"FROM {base}\nLABEL a=b\n\nCOPY app /app\n")
    with pytest.raises(SeatrialsError, match="does not build: COPY app /app") as caught:
        build(folder)
    assert caught.value.where == f"{folder / 'Dockerfile'}:4"
    assert "app" in caught.value.details


def test_a_failing_step_shows_its_line_and_its_last_words(
    build: Callable[[Path], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://ann:geheim@index.example/simple")
    step = '{ for n in $(seq 30); do echo "word $n"; done; echo "index $PIP_INDEX_URL"; exit 3; } >&2'
    folder = service(tmp_path / "svc", f"FROM {SHELL}\n\n# loud\nRUN {step}\n")
    with pytest.raises(SeatrialsError, match=r"does not build: RUN \{ for n in") as caught:
        build(folder)
    assert caught.value.where == f"{folder / 'Dockerfile'}:4"
    details = caught.value.details.splitlines()
    assert len(details) == 15
    assert "index https://***@index.example/simple" in details
    assert "word 30" in details
    assert "returned a non-zero code: 3" in details[-1]
    assert not [line for line in details if "intermediate container" in line or "\x1b" in line]


def test_a_buildkit_extension_has_a_cure_of_its_own(build: Callable[[Path], Any], tmp_path: Path) -> None:
    folder = service(tmp_path / "svc", f"FROM {SHELL}\nRUN --mount=type=cache,target=/x true\n")
    with pytest.raises(SeatrialsError) as caught:
        build(folder)
    assert "BuildKit" in caught.value.cure


def building(client: docker.DockerClient, token: str) -> list[str]:
    """The containers in which a step with that word runs."""
    everything = client.api.containers(all=True, filters={"label": "seatrials.build=1"})
    return [each["Id"] for each in everything if token in each["Command"]]


PROGRAM = """
import signal, sys
from pathlib import Path
from seatrials.environment.engine import connect
from seatrials.environment.images.supply import Supply
signal.signal(signal.SIGINT, signal.default_int_handler)
Supply(connect(), Path(sys.argv[1]), print).build(Path(sys.argv[2]))
"""


@pytest.fixture
def sleeper(tmp_path: Path, client: docker.DockerClient) -> tuple[Path, Callable[[], list[str]]]:
    """A folder whose build sleeps for long, and what shows its containers. The shell is there beforehand."""
    token = uuid.uuid4().hex[:12]
    Supply(client, PROJECT, print).image(SHELL)
    folder = service(tmp_path / "sleeper", f"FROM {SHELL}\nRUN : {token}; sleep 60\n")
    return folder, lambda: building(client, token)


def begun(containers: Callable[[], list[str]]) -> None:
    eventually(containers, within=30, until=bool, what="the container of the build")


def gone(containers: Callable[[], list[str]]) -> None:
    eventually(containers, within=3, until=lambda found: not found, what="the containers of the build")


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_build_that_is_ended_leaves_no_container(
    sleeper: tuple[Path, Callable[[], list[str]]], ending: signal.Signals
) -> None:
    folder, containers = sleeper
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(PROJECT), str(folder)], env=environment, stderr=subprocess.DEVNULL
    )
    try:
        begun(containers)
        process.send_signal(ending)
        process.wait(5)
        gone(containers)
    finally:
        process.kill()
        process.wait()


def test_a_closed_supply_ends_the_builds_of_other_threads(
    client: docker.DockerClient, sleeper: tuple[Path, Callable[[], list[str]]]
) -> None:
    folder, containers = sleeper
    supply = Supply(client, PROJECT, print)
    seen: list[BaseException] = []

    def run() -> None:
        try:
            supply.build(folder)
        except SeatrialsError as error:
            seen.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    begun(containers)
    supply.close()
    thread.join(3)
    assert "given up" in str(seen[0])
    gone(containers)
