"""Sentences about requests: each *Then* where it holds, and where it does not."""

from __future__ import annotations

import pytest

from seatrials import SeatrialsError, System
from seatrials.vocabulary import http


def test_a_request_reaches_the_service(pier: System) -> None:
    response = http.receives("api", "DELETE", "/users/7?why=test", system=pier)
    assert response.json() == {"method": "DELETE", "path": "/users/7?why=test", "body": None}


def test_a_request_with_a_document(pier: System) -> None:
    response = http.receives_with("api", "POST", "/users/", '{"name": "Ada"}', system=pier)
    assert response.json() == {"method": "POST", "path": "/users/", "body": {"name": "Ada"}}
    assert response.request.headers["Content-Type"] == "application/json"


def test_a_document_that_is_not_json_is_not_sent(pier: System) -> None:
    with pytest.raises(SeatrialsError, match="the doc string is not JSON"):
        http.receives_with("api", "POST", "/users/", "name: Ada", system=pier)


def test_only_a_service_receives(pier: System) -> None:
    with pytest.raises(SeatrialsError, match='"cache" is a Redis; "receives" needs a Service(.|\n)*say one of api'):
        http.receives("cache", "GET", "/", system=pier)
    with pytest.raises(SeatrialsError, match="has no 'web'"):
        http.receives("web", "GET", "/", system=pier)


def test_answers(pier: System) -> None:
    response = http.receives("api", "GET", "/missing", system=pier)
    http.answers(404, response=response)
    with pytest.raises(AssertionError, match=r'^GET /missing answered 404, not 200\nbody: \{"method"'):
        http.answers(200, response=response)


def test_answers_without_a_body(pier: System) -> None:
    with pytest.raises(AssertionError, match="^GET /204 answered 204, not 200\nwithout a body$"):
        http.answers(200, response=http.receives("api", "GET", "/204", system=pier))


def test_answers_with(pier: System) -> None:
    response = http.receives("api", "GET", "/users", system=pier)
    http.answers_with(200, '[{"id": "#number", "name": "Ada"}]', response=response)
    with pytest.raises(AssertionError, match=r'\$\[0\]\.name: expected "Bob", received "Ada"'):
        http.answers_with(200, '[{"name": "Bob"}]', response=response)
    with pytest.raises(AssertionError, match="GET /users answered 200, not 201"):
        http.answers_with(201, '[{"name": "Ada"}]', response=response)


def test_answers_with_exactly(pier: System) -> None:
    response = http.receives("api", "GET", "/users", system=pier)
    http.answers_with_exactly(200, '[{"id": 1, "name": "Ada", "login": "#any"}]', response=response)
    with pytest.raises(AssertionError, match=r"\$\[0\]\.login: expected no such field"):
        http.answers_with_exactly(200, '[{"id": 1, "name": "Ada"}]', response=response)
    with pytest.raises(AssertionError, match="GET /users answered 200, not 404"):
        http.answers_with_exactly(404, "[]", response=response)


def test_answers_with_what_is_no_json(pier: System) -> None:
    response = http.receives("api", "GET", "/broken", system=pier)
    with pytest.raises(AssertionError, match=r"GET /broken answered 200, but not with JSON \(text/plain\)\nbody: oops"):
        http.answers_with(200, "{}", response=response)


def test_has_the_header(pier: System) -> None:
    response = http.receives("api", "GET", "/users", system=pier)
    http.has_header("content-type", "application/json", response=response)
    http.has_header("Content-Type", "#match ^application/", response=response)
    with pytest.raises(AssertionError, match="with the header Content-Type: 'application/json', not 'text/html'"):
        http.has_header("Content-Type", "text/html", response=response)
    with pytest.raises(AssertionError, match="with the header Content-Type: 'application/json', not '#uuid'"):
        http.has_header("Content-Type", "#uuid", response=response)
    with pytest.raises(AssertionError, match="without the header 'X-Cache'; its headers are: Content-Length"):
        http.has_header("X-Cache", "hit", response=response)


def test_has_no_field(pier: System) -> None:
    response = http.receives("api", "GET", "/users", system=pier)
    http.has_no_field("password", response=response)
    with pytest.raises(AssertionError, match=r"the document has the field 'hash' at \$\[0\]\.login\.hash"):
        http.has_no_field("hash", response=response)


def test_has_no_field_needs_a_document_that_could_have_it(pier: System) -> None:
    with pytest.raises(AssertionError, match="no field at all, which says nothing"):
        http.has_no_field("hash", response=http.receives("api", "GET", "/empty", system=pier))
    with pytest.raises(AssertionError, match="not with JSON"):
        http.has_no_field("hash", response=http.receives("api", "GET", "/204", system=pier))
