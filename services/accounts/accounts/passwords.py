"""Passwords are stored as salted scrypt hashes only."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import secrets
from concurrent.futures import ThreadPoolExecutor

_N, _R, _P = 2**14, 8, 1
"""16 MiB and about 50 ms for each guess (https://www.rfc-editor.org/rfc/rfc7914#section-2)."""


class Passwords:
    """Hashes and compares on threads of its own: name look-ups share the event loop's and may be slow."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="passwords")

    async def hash(self, password: str) -> str:
        """`scrypt$N$r$p$salt$key`, ready to be stored."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, _hash, password)

    async def match(self, password: str, stored: str | None) -> bool:
        """Whether it is the stored one. Takes as long where there is none, so time tells nothing."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, _match, password, stored)

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(wait=False)


def _hash(password: str) -> str:
    salt = secrets.token_bytes(16)
    key = hashlib.scrypt(password.encode(), salt=salt, n=_N, r=_R, p=_P)
    return f"scrypt${_N}${_R}${_P}${base64.b64encode(salt).decode()}${base64.b64encode(key).decode()}"


def _match(password: str, stored: str | None) -> bool:
    if stored is None:
        _hash(password)
        return False
    _, n, r, p, salt, key = stored.split("$")
    actual = hashlib.scrypt(password.encode(), salt=base64.b64decode(salt), n=int(n), r=int(r), p=int(p))
    return hmac.compare_digest(actual, base64.b64decode(key))
