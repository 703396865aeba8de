"""The part of the page that a waiting page asks for."""

import pytest
from django.test import Client

from predictor.models import Upload
from tests.uploads import MakeUpload


def test_it_works(client: Client, answered: Upload) -> None:
    answer = client.get(f"/uploads/{answered.pk}/state/?asked=3")
    page = answer.content.decode()
    assert page.lstrip().startswith('<div id="state"')
    assert (answer["HX-Retarget"], answer["HX-Reselect"]) == ("#state", "#state")
    assert "#als1<" in page and "#w2v10<" in page
    assert "hx-get" not in page
    assert "The hashtags are here." in page


def test_while_it_waits(client: Client, my_upload: MakeUpload) -> None:
    upload = my_upload()
    answer = client.get(f"/uploads/{upload.pk}/state/?asked=3")
    page = answer.content.decode()
    assert "HX-Retarget" not in answer
    assert f'hx-get="/uploads/{upload.pk}/state/?asked=4"' in page
    assert "load delay:293ms" in page  # 150 ms, growing by a quarter each time


@pytest.mark.parametrize(
    ("asked", "delay"), [("12", 1000), ("99999", 1000), ("-1", 150), ("x", 150), ("\u0663", 150), ("9" * 99, 150)]
)
def test_how_long_the_page_waits(client: Client, my_upload: MakeUpload, asked: str, delay: int) -> None:
    page = client.get(f"/uploads/{my_upload().pk}/state/", {"asked": asked}).content.decode()
    assert f"load delay:{delay}ms" in page


def test_a_failure_is_told(client: Client, my_upload: MakeUpload) -> None:
    upload = my_upload(Upload.State.FAILED, message="The photo is damaged.")
    answer = client.get(f"/uploads/{upload.pk}/state/?asked=2")
    assert answer["HX-Retarget"] == "#state"
    assert answer.content.decode().count("The photo is damaged.") == 2  # on the page, and to screen readers
