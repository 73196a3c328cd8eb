"""What a build needs to reach the network as this machine does: certificates, indexes, proxies."""

from __future__ import annotations

import configparser
import hashlib
import io
import os
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from seatrials.environment.engine import LOOPBACK

EXTRA = (Path("/usr/local/share/ca-certificates"), Path("/etc/pki/ca-trust/source/anchors"))
"""Where Debian's and Fedora's families keep the authorities that the machine's owner added."""
BUNDLES = (Path("/etc/ssl/certs/ca-certificates.crt"), Path("/etc/pki/tls/certs/ca-bundle.crt"))
"""Where they keep the bundle of all authorities."""
IN_IMAGE = "/etc/ssl/certs/ca-certificates.crt"

_VARIABLES = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "CURL_CA_BUNDLE")
_HANDED_IN = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_TRUSTED_HOST", "NPM_CONFIG_REGISTRY")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "FTP_PROXY")
"""The engine knows these without an ARG, in capitals and in small letters."""


@dataclass(frozen=True)
class Trust:
    """The authorities of this machine: the whole bundle, and those that its owner added, by file name."""

    bundle: bytes
    extra: Mapping[str, bytes]

    @property
    def digest(self) -> str:
        """Changes with any certificate."""
        content = hashlib.sha256(self.bundle)
        for name, certificate in sorted(self.extra.items()):
            content.update(name.encode() + b"\0" + certificate)
        return content.hexdigest()

    def context(self, base: str) -> bytes:
        """A build context, as a tar, that puts the certificates on top of the image `base`.

        Nothing is run in the image, so that it may be one without a shell or with another package manager.
        """
        settings = " ".join(f"{name}={IN_IMAGE}" for name in _VARIABLES)
        steps = (
            f"FROM {base}",
            f"COPY bundle.crt {IN_IMAGE}",
            f"COPY extra/ {EXTRA[0]}/",
            f"ENV {settings}",
        )
        files = {"Dockerfile": "\n".join(steps).encode(), "bundle.crt": self.bundle}
        files |= {f"extra/{name}": certificate for name, certificate in self.extra.items()}
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as tar:
            for name, content in files.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))
        return packed.getvalue()


def host_trust(extra: tuple[Path, ...] = EXTRA, bundles: tuple[Path, ...] = BUNDLES) -> Trust | None:
    """The authorities of this machine; None where its owner added none, and images are used as they are."""
    added = {path.name: path.read_bytes() for folder in extra for path in sorted(folder.glob("*.crt"))}
    bundle = next((path for path in bundles if path.is_file()), None)
    if not added or bundle is None:
        return None
    return Trust(bundle.read_bytes(), added)


def build_arguments(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The package indexes and proxies that a build is given: from the environment or pip's own files."""
    environ = os.environ if environ is None else environ
    found = {**_pip_settings(environ)}
    for name in (*_HANDED_IN, *_PROXIES):
        for spelled in (name, name.lower()):
            if environ.get(spelled):
                found[spelled] = environ[spelled]
    return found


def declarations(arguments: Mapping[str, str]) -> tuple[str, ...]:
    """The ARG lines that make the arguments visible in a stage; the proxies are so without one."""
    return tuple(f"ARG {name}" for name in arguments if name.upper() not in _PROXIES)


def needs_host_network(arguments: Mapping[str, str]) -> bool:
    """Whether an index or a proxy is on this machine's loopback, which a build does not see by itself."""
    return any(urlsplit(value).hostname in LOOPBACK for value in arguments.values() if "://" in value)


def _pip_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """`index-url` and its like out of pip's own files, in pip's order: the later wins."""
    home = Path(environ.get("HOME", "/nonexistent"))
    files = [Path("/etc/pip.conf"), home / ".pip/pip.conf", home / ".config/pip/pip.conf"]
    if environ.get("PIP_CONFIG_FILE"):
        files.append(Path(environ["PIP_CONFIG_FILE"]))
    parser = configparser.RawConfigParser()
    try:
        parser.read(files)
    except configparser.Error:  # pip itself will say what is wrong with it
        return {}
    keys = {
        "index-url": "PIP_INDEX_URL",
        "extra-index-url": "PIP_EXTRA_INDEX_URL",
        "trusted-host": "PIP_TRUSTED_HOST",
    }
    section = parser["global"] if parser.has_section("global") else {}
    return {name: " ".join(section[key].split()) for key, name in keys.items() if key in section}
