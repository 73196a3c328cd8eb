"""The parameter types of the vocabulary's sentences."""

from __future__ import annotations

from seatrials.gherkin.expressions import parameter_type

parameter_type("member", r"[a-z][a-z0-9_]*")
parameter_type("method", r"GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS")
