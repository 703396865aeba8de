"""The documentation of the API as a page of the site, made from its own description; every operation can be tried."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase

Description = Mapping[str, Any]  # a part of the OpenAPI document


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that stands in an address."""

    name: str
    place: str  # "path" or "query"
    type: str
    about: str
    default: Any
    required: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way in which an operation is answered."""

    status: str
    about: str
    schema: str  # name of the schema of its body, if it has one


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked for."""

    id: str
    method: str
    path: str
    summary: str
    about: str
    needs_token: bool
    parameters: list[Parameter]
    takes: str  # "json", "photo", or nothing
    example: str  # of a JSON body
    outcomes: list[Outcome]


class DocsPage(DocsBase):
    """A page without third-party scripts, so that the site's content policy holds for it too."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        described = api.get_openapi_schema()
        groups: dict[str, list[Operation]] = {}
        for operation, tag in _operations(described):
            groups.setdefault(tag, []).append(operation)
        schemas = {name: _fields(schema) for name, schema in sorted(described["components"]["schemas"].items())}
        context = {"about": described["info"]["description"], "groups": groups, "schemas": schemas}
        return render(request, "api/docs.html", context)


def _operations(described: Description) -> Iterator[tuple[Operation, str]]:
    for path, methods in described["paths"].items():
        for method, facts in methods.items():
            content = facts.get("requestBody", {}).get("content", {})
            body = content.get("application/json", {}).get("schema", {})
            operation = Operation(
                id=facts["operationId"],
                method=method.upper(),
                path=path,
                summary=facts["summary"],
                about=facts.get("description", ""),
                needs_token=bool(facts.get("security")),
                parameters=[_parameter(one) for one in facts["parameters"]],
                takes="json" if body else "photo" if content else "",
                example=json.dumps(described["components"]["schemas"][_name(body)]["examples"][0]) if body else "",
                outcomes=[_outcome(str(status), one) for status, one in facts["responses"].items()],
            )
            yield operation, facts["tags"][0]


def _parameter(one: Description) -> Parameter:
    schema = one["schema"]
    about, default = one.get("description", ""), schema.get("default", "")
    return Parameter(one["name"], one["in"], _type(schema), about, default, one["required"])


def _outcome(status: str, one: Description) -> Outcome:
    bodies = [body["schema"] for body in one.get("content", {}).values() if "schema" in body]
    return Outcome(status, one["description"], _name(bodies[0]) if bodies else "")


def _fields(schema: Description) -> list[Parameter]:
    required = schema.get("required", [])
    return [
        Parameter(name, "body", _type(one), one.get("description", ""), one.get("default", ""), name in required)
        for name, one in schema["properties"].items()
    ]


def _name(schema: Description) -> str:
    """Return the name of a schema, or of what a list holds."""
    named = schema.get("items", schema)
    return str(named.get("$ref", "")).rpartition("/")[2]


def _type(schema: Description) -> str:
    """Say in words what a value is."""
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(repr(value) for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    bounds = [str(schema[bound]) for bound in ("minimum", "maximum") if bound in schema]
    words = _name(schema) or schema.get("format") or schema.get("type", "any")
    return f"{words} from {bounds[0]} to {bounds[1]}" if len(bounds) == 2 else words
