from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seatrials.environment.images.supply import Supply
from seatrials.environment.images.trust import (
    IN_IMAGE,
    Trust,
    build_arguments,
    declarations,
    host_trust,
    needs_host_network,
)

if TYPE_CHECKING:
    import docker


@pytest.fixture
def machine(tmp_path: Path) -> tuple[Path, Path]:
    """A folder for added authorities and a bundle, as Debian has them."""
    extra, bundle = tmp_path / "extra", tmp_path / "bundle.crt"
    extra.mkdir()
    bundle.write_bytes(b"all")
    return extra, bundle


def test_a_machine_without_authorities_of_its_own_changes_nothing(machine: tuple[Path, Path]) -> None:
    extra, bundle = machine
    assert host_trust((extra,), (bundle,)) is None
    (extra / "README").write_text("no certificate")
    assert host_trust((extra,), (bundle,)) is None


def test_added_authorities_are_found_with_the_bundle(machine: tuple[Path, Path]) -> None:
    extra, bundle = machine
    (extra / "own.crt").write_bytes(b"own")
    found = host_trust((extra / "missing", extra), (extra / "missing", bundle))
    assert found == Trust(b"all", {"own.crt": b"own"})


def test_the_digest_changes_with_every_part() -> None:
    digests = {
        Trust(b"all", {"a.crt": b"a"}).digest,
        Trust(b"al", {"a.crt": b"a"}).digest,
        Trust(b"all", {"b.crt": b"a"}).digest,
        Trust(b"all", {"a.crt": b"b"}).digest,
    }
    assert len(digests) == 4


def test_settings_of_the_machine_are_handed_in(tmp_path: Path) -> None:
    environ = {
        "HOME": str(tmp_path),
        "PIP_INDEX_URL": "https://i/simple",
        "https_proxy": "http://p:1",
        "PATH": "/x",
    }
    found = build_arguments(environ)
    assert found["PIP_INDEX_URL"] == "https://i/simple"
    assert found["https_proxy"] == "http://p:1"
    assert "PATH" not in found


def test_pips_own_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / ".config/pip").mkdir(parents=True)
    (tmp_path / ".config/pip/pip.conf").write_text("[global]\nindex-url = https://f/simple\nextra-index-url = a\n  b\n")
    assert build_arguments({"HOME": str(tmp_path)})["PIP_INDEX_URL"] == "https://f/simple"
    assert build_arguments({"HOME": str(tmp_path)})["PIP_EXTRA_INDEX_URL"] == "a b"
    environ = {"HOME": str(tmp_path), "PIP_INDEX_URL": "https://e/simple"}
    assert build_arguments(environ)["PIP_INDEX_URL"] == "https://e/simple"


def test_a_broken_file_of_pip_is_left_to_pip(tmp_path: Path) -> None:
    (tmp_path / "pip.conf").write_text("index-url")
    assert "PIP_INDEX_URL" not in build_arguments({"PIP_CONFIG_FILE": str(tmp_path / "pip.conf")})


def test_proxies_need_no_declaration() -> None:
    assert declarations({"PIP_INDEX_URL": "x", "HTTP_PROXY": "y", "no_proxy": "z"}) == ("ARG PIP_INDEX_URL",)


def test_what_is_on_loopback_needs_the_network_of_the_machine() -> None:
    assert needs_host_network({"HTTP_PROXY": "http://127.0.0.1:3128"})
    assert not needs_host_network({"HTTP_PROXY": "http://proxy:3128", "NO_PROXY": "localhost,127.0.0.1"})


@pytest.mark.docker
def test_an_image_without_a_shell_gets_the_certificates(
    client: docker.DockerClient, tiny: Callable[[str], str], removed: Callable[[str], str], tmp_path: Path
) -> None:
    """Asked for by building on it, as a service would be."""
    tiny("seatrials-test/trust:base")
    service = tmp_path / "trustee"
    service.mkdir()
    (service / "Dockerfile").write_text("FROM seatrials-test/trust:base\nLABEL a=b\n")
    supply = Supply(client, tmp_path, print, trust=lambda: Trust(b"all", {"own.crt": b"own"}))
    built = supply.build(service)
    for image in client.images.list(name="seatrials-base/seatrials-test-trust-base"):
        removed(image.tags[0])
    removed(built.name)
    settings = client.api.inspect_image(built.id)["Config"]["Env"]
    assert {f"PIP_CERT={IN_IMAGE}", f"SSL_CERT_FILE={IN_IMAGE}", f"NODE_EXTRA_CA_CERTS={IN_IMAGE}"} <= set(settings)
    container = client.containers.create(built.id, "none")
    try:
        for path, content in ((IN_IMAGE, b"all"), ("/usr/local/share/ca-certificates/own.crt", b"own")):
            packed = b"".join(container.get_archive(path)[0])
            with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
                member = tar.extractfile(Path(path).name)
                assert member is not None
                assert member.read() == content
    finally:
        container.remove()
