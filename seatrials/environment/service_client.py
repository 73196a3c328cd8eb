"""Requests to a running service, each one written down."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from seatrials.environment.client import Client
from seatrials.environment.member import Running
from seatrials.errors import NoAnswer, SeatrialsError
from seatrials.evidence.exchanges import Exchange, Journal

if TYPE_CHECKING:
    import requests

TIMEOUT = 10.0
"""Seconds for an answer, unless the request brings its own `timeout`."""

IDLE = 1.0
"""Seconds after which a connection is not used again. A server closes idle ones after a while (2 s and more
are usual), and a request that crosses with that would fail without anybody's fault.
"""


class ServiceClient(Client):
    """The test's side of a service.

    Nothing is done behind the reader's back: no retries, no redirects followed unless `allow_redirects=True`
    is given, no proxy and no credentials from the environment. Cookies live for one scenario.
    """

    def __init__(self, running: Running) -> None:
        super().__init__(running)
        self.exchanges = Journal()
        self._session: requests.Session | None = None
        self._used = 0.0

    @property
    def url(self) -> str:
        """The address for the host; after a stop it is another one. Raises `ConnectionError` while it does not run."""
        return f"http://{self.running.host}:{self.running.port}"

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send a request and return whatever is answered. `options` are those of `requests.Session.request`.

        Raises `NoAnswer` if no answer comes, and `SeatrialsError` for a path that is none.
        """
        import requests

        if not path.startswith("/"):
            raise SeatrialsError(
                f"{path!r} is not a path of the {self.name}", cure=f"let it begin with a slash: '/{path}'"
            )
        options = {"timeout": TIMEOUT, "allow_redirects": False, **options}
        when, began = time.time(), time.monotonic()
        try:
            prepared = None
            session = self._live_session()
            address = self.url
            prepared = session.prepare_request(_request(method, address + path, options))
            response = session.send(prepared, **options)
        except (requests.ConnectionError, requests.Timeout, ConnectionError) as error:
            reason = _reason(error, time.monotonic() - began)
            self._write(method, path, prepared, None, when, time.monotonic() - began, reason)
            raise NoAnswer(f"the {self.name} did not answer {method} {path}: {reason}") from None
        self._used = time.monotonic()
        self._write(method, path, prepared, response, when, self._used - began, "")
        return response

    def get(self, path: str, **options: Any) -> requests.Response:
        """GET; see `request`."""
        return self.request("GET", path, **options)

    def head(self, path: str, **options: Any) -> requests.Response:
        """HEAD; see `request`."""
        return self.request("HEAD", path, **options)

    def post(self, path: str, **options: Any) -> requests.Response:
        """POST; see `request`."""
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Any) -> requests.Response:
        """PUT; see `request`."""
        return self.request("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> requests.Response:
        """PATCH; see `request`."""
        return self.request("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> requests.Response:
        """DELETE; see `request`."""
        return self.request("DELETE", path, **options)

    def forget(self) -> None:
        """Forget cookies and exchanges."""
        self.exchanges.clear()
        if self._session is not None:
            self._session.cookies.clear()

    def disconnect(self) -> None:
        if self._session is not None:
            self._session.close()  # its connections; the cookies stay

    def _live_session(self) -> requests.Session:
        import requests

        if self._session is None:
            self._session = requests.Session()
            self._session.trust_env = False
        elif time.monotonic() - self._used > IDLE:
            self._session.close()
        return self._session

    def _write(
        self,
        method: str,
        path: str,
        prepared: requests.PreparedRequest | None,
        response: requests.Response | None,
        when: float,
        seconds: float,
        error: str,
    ) -> None:
        body = prepared.body if prepared is not None else None
        self.exchanges.add(
            Exchange(
                service=self.name,
                method=method,
                url=path if prepared is None else prepared.path_url,
                request_headers=dict(prepared.headers) if prepared is not None else {},
                request_body=body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else b"",
                status=None if response is None else response.status_code,
                response_headers={} if response is None else dict(response.headers),
                response_body=b"" if response is None else response.content,
                seconds=seconds,
                when=when,
                error=error,
            )
        )


def _request(method: str, url: str, options: dict[str, Any]) -> requests.Request:
    """The request, made of those options which belong to it; the others remain for sending it."""
    import requests

    own = ("headers", "files", "data", "params", "auth", "cookies", "hooks", "json")
    return requests.Request(method, url, **{key: options.pop(key) for key in own if key in options})


def _reason(error: BaseException, seconds: float) -> str:
    """What happened, in few words, instead of the chain of what four libraries called it."""
    import requests

    causes: list[BaseException] = [error]
    while (inner := causes[-1].__cause__ or causes[-1].__context__ or _first(causes[-1])) and inner not in causes:
        causes.append(inner)
    if isinstance(error, requests.ConnectTimeout):
        return f"no connection within {seconds:.1f} s"
    if isinstance(error, requests.Timeout) or any(isinstance(cause, TimeoutError) for cause in causes):
        return f"no answer within {seconds:.1f} s"
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return "connection refused"
    if any(isinstance(cause, (ConnectionResetError, BrokenPipeError)) for cause in causes):
        return "it closed the connection before an answer"
    return str(causes[-1])


def _first(error: BaseException) -> BaseException | None:
    found = getattr(error, "reason", None) or next((one for one in error.args if isinstance(one, BaseException)), None)
    return found if isinstance(found, BaseException) else None
