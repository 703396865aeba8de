"""What a request of the bot is read into: typed fields, known by name, or a refusal as the Bot API words it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

Json = dict[str, Any]
Fields = TypeVar("Fields")


@dataclass
class Refusal(Exception):
    """What the Bot API answers instead of a result."""

    status: int
    description: str
    parameters: Json = field(default_factory=dict)

    @property
    def json(self) -> Json:
        more = {"parameters": self.parameters} if self.parameters else {}
        return {"ok": False, "error_code": self.status, "description": self.description, **more}


def bad_request(what: str) -> Refusal:
    return Refusal(400, f"Bad Request: {what}")


def conflict(what: str) -> Refusal:
    return Refusal(409, f"Conflict: {what}")


def too_many(seconds: int) -> Refusal:
    return Refusal(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})


def read(kind: type[Fields], values: Mapping[str, str]) -> Fields:
    """Return a dataclass of this kind out of values as a form has them: objects, numbers and booleans are JSON."""
    types = {each.name: each.type for each in fields(kind)}  # type: ignore[arg-type]
    if unknown := values.keys() - types.keys():
        raise bad_request(f'unknown field "{min(unknown)}"')
    return kind(**{name: READERS[types[name]](name, value) for name, value in values.items()})


def only(known: set[str], value: Any, what: str) -> Json:
    """Return what must be a JSON object with no other keys than these."""
    if not isinstance(value, dict):
        raise bad_request(f"can't parse {what}: expected an Object")
    if unknown := value.keys() - known:
        raise bad_request(f'can\'t parse {what}: unknown field "{min(unknown)}"')
    return value


def _json(name: str, value: str, kind: type) -> Any:
    try:
        parsed = json.loads(value)
    except ValueError:
        parsed = None
    if type(parsed) is not kind:
        raise bad_request(f'field "{name}" must be a JSON {kind.__name__}')
    return parsed


READERS: dict[Any, Callable[[str, str], Any]] = {
    str: lambda name, value: value,
    int: lambda name, value: _json(name, value, int),
    bool: lambda name, value: _json(name, value, bool),
    Json | None: lambda name, value: _json(name, value, dict),
    list[Any] | None: lambda name, value: _json(name, value, list),
}
