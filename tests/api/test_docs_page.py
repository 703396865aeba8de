"""The documentation of the API: a page of the site with everything that the description holds."""

import re

import pytest
from django.test import Client

from predictor.api.v1 import api

pytestmark = pytest.mark.django_db


def test_it_works(client: Client) -> None:
    answer = client.get("/api/v1/docs")
    page = answer.content.decode()
    described = api.get_openapi_schema()
    assert answer.status_code == 200
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            assert f'id="{operation["operationId"]}"' in page
            assert f'data-method="{method.upper()}" data-path="{path}"' in page
    for name in described["components"]["schemas"]:
        assert f'id="schema-{name}"' in page


def test_every_link_to_a_schema_leads_somewhere(client: Client) -> None:
    page = client.get("/api/v1/docs").content.decode()
    linked = set(re.findall(r'href="#([\w-]+)"', page))
    assert {"schema-AnsweredUpload", "schema-Model", "schema-Problem"} < linked
    assert linked <= set(re.findall(r'id="([\w-]+)"', page))


def test_no_inline_script_or_style_and_nothing_from_elsewhere(client: Client) -> None:
    answer = client.get("/api/v1/docs")
    page = answer.content.decode()
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert " style=" not in page and "<style" not in page and "<script>" not in page
    assert not re.search(r'(src|href)="(https?:)?//', page)


def test_the_description(client: Client) -> None:
    described = client.get("/api/v1/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    for path, methods in described["paths"].items():
        for operation in methods.values():
            refusal = operation["responses"]["4XX"]["content"]
            assert refusal == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
            needs_token = path.split("/")[3] in ("uploads", "contributions")
            assert bool(operation.get("security")) == needs_token


def test_the_short_address(client: Client) -> None:
    assert client.get("/api/")["Location"] == "/api/v1/docs"
