"""The first version of the API: its operations, its refusals and its documentation, under /api/v1/."""

from typing import Any

from django.views.decorators.cache import never_cache
from ninja import NinjaAPI
from ninja.operation import Operation

from predictor.api import contributions, errors, models, schemas, uploads
from predictor.api.auth import Token
from predictor.api.docs_page import DocsPage
from predictor.problems import MEDIA_TYPE

ABOUT = """\
Send a photo, get hashtags. Whatever has a person behind it needs a token; /mine/tokens/ makes one.
Refusals are problems (RFC 9457) with a sentence, and say by Retry-After when to come back.
"""
REFUSALS = {
    "4XX": "The request is refused; the sentence says why.",
    "503": "The site cannot answer right now.",
    "507": "No room.",
}


class Api(NinjaAPI):
    """An API whose description names its refusals, and its operations by their functions."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__

    def get_openapi_schema(self, *args: Any, **kwargs: Any) -> Any:
        schema = super().get_openapi_schema(*args, **kwargs)
        schema["components"]["schemas"]["Problem"] = schemas.Problem.model_json_schema()
        content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        refusals = {status: {"description": text, "content": content} for status, text in REFUSALS.items()}
        for path in schema["paths"].values():
            for operation in path.values():
                operation["responses"] |= refusals
        return schema


api = Api(title="tag4pic", version="1", description=ABOUT, docs=DocsPage(), docs_url="/docs", urls_namespace="api-v1")
api.add_decorator(never_cache, mode="view")
api.add_router("/uploads", uploads.router, auth=Token())
api.add_router("", contributions.router, auth=Token())
api.add_router("", models.router)
errors.install(api)
