"""The API keeps to its own description, whatever is sent: every answer is documented, and none is a 5xx."""

from typing import Any

import pytest
import schemathesis
from django.contrib.auth.models import User
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from predictor.models import ModelVersion
from predictor.people import api_tokens
from tag4pic_site.wsgi import application
from tests.contributions import Give, MakeAnswered

EXAMPLES = 20  # of each operation
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
schema.config.generation.update(with_security_parameters=False)  # test_tokens.py is about those


@pytest.fixture
def known(ann: User, make_answered: MakeAnswered, give: Give, versions: dict[str, ModelVersion]) -> dict[str, object]:
    """A row of ann's for each kind of address with an id, so that not everything ends in 404."""
    return {"uploads": make_answered(ann).pk, "contributions": give(ann).pk, "versions": versions["als"].pk}


@pytest.fixture
def headers(ann: User) -> dict[str, str]:
    """A token of ann's; what comes back is not to be compressed, since the client does not unpack it."""
    return {"Authorization": f"Bearer {api_tokens.make(ann, 'fuzzer')[1]}", "Accept-Encoding": "identity"}


@pytest.mark.django_db
@schema.parametrize()
@settings(max_examples=EXAMPLES, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_it_works(case: schemathesis.Case[Any], headers: dict[str, str], known: dict[str, object]) -> None:
    rightly_refused: list[Any] = [positive_data_acceptance]  # a photo of random bytes is none
    case.call_and_validate(headers=headers, excluded_checks=rightly_refused)
    kind = case.path.split("/")[3]
    if "id" in case.path_parameters and kind in known:
        case.path_parameters["id"] = str(known[kind])  # which mends an id that was wrong on purpose
        case.call_and_validate(headers=headers, excluded_checks=[*rightly_refused, negative_data_rejection])
