"""Requests to a service, and what it answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from seatrials.environment.service_client import ServiceClient
from seatrials.environment.system import System
from seatrials.expect import documents, markers
from seatrials.gherkin.definitions import then, when
from seatrials.vocabulary import types  # noqa: F401  # {member}, {method}
from seatrials.vocabulary.members import of_kind

if TYPE_CHECKING:
    from requests import Response

SHOWN = 1000
"""Characters of a body that a message shows."""


@when("the {member} receives {method} {string}", target_fixture="response")
def receives(member: str, method: str, path: str, *, system: System) -> Response:
    """A request without a body. No redirect is followed.

    Example: When the api receives GET "/users?name=Ada"
    """
    return of_kind(system, member, ServiceClient, "receives").request(method, path)


@when("the {member} receives {method} {string} with:", target_fixture="response")
def receives_with(member: str, method: str, path: str, docstring: str, *, system: System) -> Response:
    '''A request with a JSON body.

    Example:
        When the api receives POST "/users" with:
          """
          {"name": "Ada", "email": "ada@example.org"}
          """
    '''
    service = of_kind(system, member, ServiceClient, "receives")
    return service.request(method, path, json=documents.parse(docstring))


@then("it answers {int}")
def answers(status: int, *, response: Response) -> None:
    """The status of the latest answer.

    Example: Then it answers 404
    """
    if response.status_code != status:
        raise AssertionError(f"{_asked(response)}, not {status}\n{_body(response)}")


@then("it answers {int} with:")
def answers_with(status: int, docstring: str, *, response: Response) -> None:
    '''The status, and a JSON document that has these fields, and may have more.

    Example:
        Then it answers 201 with:
          """
          {"id": "#uuid", "name": "Ada"}
          """
    '''
    expected = documents.parse(docstring)
    answers(status, response=response)
    documents.contains(_document(response), expected)


@then("it answers {int} with exactly:")
def answers_with_exactly(status: int, docstring: str, *, response: Response) -> None:
    '''The status, and a JSON document that has these fields and no others.

    Example:
        Then it answers 404 with exactly:
          """
          {"error": "not_found"}
          """
    '''
    expected = documents.parse(docstring)
    answers(status, response=response)
    documents.exactly(_document(response), expected)


@then("the answer has the header {string} with {string}")
def has_header(name: str, value: str, *, response: Response) -> None:
    """A header, its name in any case, with this value or one that fits the marker.

    Example: Then the answer has the header "Content-Type" with "#match ^application/json"
    """
    found = response.headers.get(name)
    if found is None:
        names = ", ".join(sorted(response.headers))
        raise AssertionError(f"{_asked(response)} without the header {name!r}; its headers are: {names}")
    fits = markers.fits(value, found) if markers.is_marker(value) else found == markers.literal(value)
    if not fits:
        wrong = f"the header {name}: {found!r}, not {value!r}{markers.hint(value)}"
        raise AssertionError(f"{_asked(response)} with {wrong}")


@then("the answer has no field {string}")
def has_no_field(name: str, *, response: Response) -> None:
    """The JSON document has no field of this name, however deep. One without any field says nothing, and fails.

    Example: Then the answer has no field "password_hash"
    """
    fields = list(_fields(_document(response)))
    found = [path for path, field in fields if field == name]
    if found or not fields:
        said = f"has the field {name!r} at {', '.join(found)}" if found else "has no field at all, which says nothing"
        raise AssertionError(f"{_asked(response)}, and the document {said}\n{_body(response)}")


def _fields(document: Any, path: str = "$") -> Iterator[tuple[str, str]]:
    """(path, name) of every field of every object in the document."""
    if isinstance(document, dict):
        for name, value in document.items():
            yield f"{path}.{name}", name
            yield from _fields(value, f"{path}.{name}")
    elif isinstance(document, list):
        for index, value in enumerate(document):
            yield from _fields(value, f"{path}[{index}]")


def _document(response: Response) -> Any:
    try:
        return response.json()
    except ValueError:
        kind = response.headers.get("Content-Type", "no type")
        raise AssertionError(f"{_asked(response)}, but not with JSON ({kind})\n{_body(response)}") from None


def _asked(response: Response) -> str:
    return f"{response.request.method} {response.request.path_url} answered {response.status_code}"


def _body(response: Response) -> str:
    text = response.text
    if not text:
        return "without a body"
    return f"body: {text}" if len(text) <= SHOWN else f"body: {text[:SHOWN]}… ({len(text)} characters)"
