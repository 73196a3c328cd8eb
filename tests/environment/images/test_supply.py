from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seatrials.environment.engine import connect
from seatrials.environment.images.supply import STAND_IN, Supply
from seatrials.errors import SeatrialsError
from seatrials.waiting import eventually

if TYPE_CHECKING:
    import docker

    from tests.environment.images.conftest import Registry

pytestmark = pytest.mark.docker


class Lines(list[str]):
    """What the supply said."""

    def say(self, line: str) -> None:
        self.append(line)


@pytest.fixture
def said() -> Lines:
    return Lines()


@pytest.fixture
def supply(client: docker.DockerClient, tmp_path: Path, said: Lines) -> Supply:
    return Supply(client, tmp_path, said.say, answer_within=0.5)


@pytest.fixture
def recipe(tmp_path: Path) -> Callable[..., Path]:
    """Writes a recipe that needs nothing."""

    def write(name: str, content: str = "hello") -> Path:
        folder = tmp_path / "images" / "seatrials-test-recipe"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "image.toml").write_text(f'stands_in_for = ["{name}"]\nis = "a file that says {content}"\n')
        (folder / "Dockerfile").write_text(f"FROM scratch\nCOPY hello /\nLABEL name={name}\n")
        (folder / "hello").write_text(content)
        return folder

    return write


@pytest.fixture(autouse=True)
def no_stand_ins(client: docker.DockerClient) -> Iterator[None]:
    """Stand-ins of an interrupted run must not answer for this one, and this one's go when it ends."""
    for tag in stand_ins(client):
        client.images.remove(tag)
    yield
    for tag in stand_ins(client):
        client.images.remove(tag)


def stand_ins(client: docker.DockerClient) -> list[str]:
    found = client.images.list(name="seatrials-standin/seatrials-test-recipe")
    return [tag for image in found for tag in image.tags]


def test_a_missing_image_is_pulled(supply: Supply, registry: Registry, pushed: Callable[..., str]) -> None:
    name = f"{registry.address}/tiny:1"
    there = pushed(name)
    image = supply.image(name)
    assert (image.id, image.name, image.stand_in, image.stand_ins()) == (there, name, None, {})


def test_a_local_image_needs_no_registry(
    supply: Supply, said: Lines, refused_registry: str, tiny: Callable[[str], str]
) -> None:
    name = f"{refused_registry}/tiny:1"
    there = tiny(name)
    assert supply.image(name).id == there
    assert said == []


def test_a_missing_tag_is_an_error_even_with_a_recipe(
    supply: Supply, said: Lines, registry: Registry, pushed: Callable[..., str], recipe: Callable[..., Path]
) -> None:
    pushed(f"{registry.address}/tiny:1")
    name = f"{registry.address}/tiny:2"
    recipe(name)
    with pytest.raises(SeatrialsError, match=f"has no image {name}") as caught:
        supply.image(name)
    assert "correct the name or the tag" in caught.value.cure
    assert said == [f"pulling {name} …"]


def test_no_login_is_an_error_even_with_a_recipe(
    supply: Supply,
    said: Lines,
    private_registry: Registry,
    pushed: Callable[..., str],
    recipe: Callable[..., Path],
) -> None:
    name = f"{private_registry.address}/tiny:1"
    pushed(name, auth_config={"username": "ann", "password": "secret"})
    recipe(name)
    with pytest.raises(SeatrialsError, match="without a valid login") as caught:
        supply.image(name)
    assert caught.value.cure == f"docker login {private_registry.address}"
    assert said == [f"pulling {name} …"]


@pytest.mark.parametrize("password", ["wrong", "secret"])
def test_a_login_is_taken_from_dockers_own_file(
    password: str,
    private_registry: Registry,
    pushed: Callable[..., str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name = f"{private_registry.address}/tiny:1"
    there = pushed(name, auth_config={"username": "ann", "password": "secret"})
    login = base64.b64encode(f"ann:{password}".encode()).decode()
    config = {"auths": {private_registry.address: {"auth": login}}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    client = connect()
    supply = Supply(client, tmp_path, print)
    if password == "secret":
        assert supply.image(name).id == there
    else:
        with pytest.raises(SeatrialsError, match="without a valid login"):
            supply.image(name)
    client.close()


def test_without_a_registry_and_a_recipe_the_error_says_how_to_add_one(supply: Supply, refused_registry: str) -> None:
    name = f"{refused_registry}/tiny:1"
    with pytest.raises(SeatrialsError, match="there is no recipe") as caught:
        supply.image(name)
    assert f"docker pull {name}" in caught.value.cure
    assert "image.toml" in caught.value.cure
    assert "connection refused" in caught.value.details


def test_without_a_registry_a_stand_in_is_built_and_called_one(
    client: docker.DockerClient,
    supply: Supply,
    said: Lines,
    refused_registry: str,
    recipe: Callable[..., Path],
    tmp_path: Path,
) -> None:
    from docker.errors import ImageNotFound

    name = f"{refused_registry}/tiny:1"
    recipe(name)
    image = supply.image(name)
    assert image.stand_in == "a file that says hello"
    assert image.stand_ins() == {name: "a file that says hello"}
    assert said[-2] == f"building {name} from images/seatrials-test-recipe: a file that says hello …"
    assert said[-1].startswith(f"built {name}  ")
    assert client.images.get(image.id).labels[STAND_IN] == "a file that says hello"
    with pytest.raises(ImageNotFound):
        client.images.get(name)  # under the real name it would fool other projects
    again: list[str] = []
    assert Supply(client, tmp_path, again.append).image(name) == image
    assert again == [], "it was there: nothing to pull or build"


def test_an_edited_recipe_is_built_again(
    client: docker.DockerClient,
    supply: Supply,
    refused_registry: str,
    recipe: Callable[..., Path],
    tmp_path: Path,
) -> None:
    name = f"{refused_registry}/tiny:1"
    recipe(name)
    first = supply.image(name)
    recipe(name, "goodbye")
    second = Supply(client, tmp_path, print).image(name)
    assert second.id != first.id
    assert second.stand_in == "a file that says goodbye"
    assert len(stand_ins(client)) == 2


def test_a_registry_that_says_nothing_costs_its_time_once(
    supply: Supply, said: Lines, silent_registry: str, recipe: Callable[..., Path]
) -> None:
    recipe(f"{silent_registry}/tiny:1")
    assert supply.image(f"{silent_registry}/tiny:1").stand_in
    with pytest.raises(SeatrialsError, match="no recipe") as caught:
        supply.image(f"{silent_registry}/other:1")
    assert "does not answer within 0.5 s" in caught.value.details
    assert f"pulling {silent_registry}/other:1 …" not in said


@pytest.mark.parametrize("name", ["Tiny:1", "-", "a b", "a:b:c", "http://x/y"])
def test_a_malformed_name_is_named(supply: Supply, name: str) -> None:
    with pytest.raises(SeatrialsError, match="is not an image name") as caught:
        supply.image(name)
    assert repr(name) in caught.value.what


def test_two_threads_make_an_image_once(
    supply: Supply, said: Lines, refused_registry: str, recipe: Callable[..., Path]
) -> None:
    name = f"{refused_registry}/tiny:1"
    recipe(name)
    with ThreadPoolExecutor() as pool:
        first, second = pool.map(supply.image, [name, name])
    assert first == second
    assert sum("building" in line for line in said) == 1


def test_a_root_file_system_becomes_an_image(
    client: docker.DockerClient, supply: Supply, refused_registry: str, recipe: Callable[..., Path]
) -> None:
    name = f"{refused_registry}/tiny:1"
    folder = recipe(name)
    (folder / "Dockerfile").unlink()
    (folder / "rootfs").write_text("#!/bin/sh\nexec tar -c hello\n")
    (folder / "rootfs").chmod(0o755)
    with (folder / "image.toml").open("a") as file:
        file.write("changes = ['CMD [\"/hello\"]']\n")
    image = supply.image(name)
    config = client.api.inspect_image(image.id)["Config"]
    assert config["Cmd"] == ["/hello"]
    assert config["Labels"][STAND_IN] == "a file that says hello"


def test_a_root_file_system_that_fails_shows_its_words(
    client: docker.DockerClient, supply: Supply, refused_registry: str, recipe: Callable[..., Path]
) -> None:
    name = f"{refused_registry}/tiny:1"
    folder = recipe(name)
    (folder / "rootfs").write_text("#!/bin/sh\ntar -c hello\necho mmdebstrap is missing >&2\nexit 1\n")
    (folder / "rootfs").chmod(0o755)
    with pytest.raises(SeatrialsError, match="exit status 1") as caught:
        supply.image(name)
    assert "mmdebstrap is missing" in caught.value.details
    assert stand_ins(client) == [], "half a file system must not become an image"


def test_a_closed_supply_ends_the_script_of_a_root_file_system(
    supply: Supply, refused_registry: str, recipe: Callable[..., Path], tmp_path: Path
) -> None:
    name = f"{refused_registry}/tiny:1"
    folder = recipe(name)
    (folder / "rootfs").write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nsleep 60 | cat\n")
    (folder / "rootfs").chmod(0o755)
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(supply.image, name)
        process = eventually(lambda: int((tmp_path / "pid").read_text()), within=5, transient=(ValueError,))
        supply.close()
        with pytest.raises(SeatrialsError, match="given up"):
            asked.result(5)
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
