"""Moderation in the admin: the list, the page of each, verdicts, bulk actions, and who may what."""

import uuid

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from corpus.models import Hashtag, Post
from predictor.contributions import contributing
from predictor.models import Contribution
from tests.contributions import Give

LIST = "/admin/predictor/contribution/"


def decide(client: Client, row: Contribution, verdict: str, **fields: object) -> str:
    answer = client.post(f"{LIST}{row.pk}/decide/", {"tag": row.tags, "verdict": verdict, **fields}, follow=True)
    row.refresh_from_db()
    return answer.content.decode()


def act(client: Client, action: str, *rows: Contribution, **fields: object) -> str:
    data = {"action": action, "_selected_action": [str(row.pk) for row in rows], **fields}
    return client.post(LIST, data, follow=True).content.decode()


def test_it_works(curator_client: Client, curator: User, ann: User, give: Give) -> None:
    row, other = give(ann, "dünen"), give(None, "boat")
    page = curator_client.get(LIST).content.decode()
    assert "#sea" in page and "+ #dünen" in page and "?q=ann" in page and f"{row.pk}/photo.jpg" in page
    page = curator_client.get(f"{LIST}{row.pk}/change/").content.decode()
    assert 'data-key="a"' in page and "new</small>" in page
    page = decide(curator_client, row, "approve")
    assert "Approved with #sea #dünen." in page and f"{LIST}{other.pk}/decide/" in page
    assert (row.state, row.decided_by, Hashtag.objects.filter(key="dünen").exists()) == ("approved", curator, True)
    assert LogEntry.objects.get(object_id=str(row.pk)).user == curator


def test_the_list_leads_to_the_one_that_has_waited_longest(curator_client: Client, ann: User, give: Give) -> None:
    first, _second = give(ann), give(ann)
    assert f'href="{LIST}{first.pk}/change/"><span' in curator_client.get(LIST).content.decode()
    Contribution.objects.update(state="rejected")
    assert "Decide one by one" not in curator_client.get(LIST).content.decode()


def test_the_name_of_a_person_leads_to_what_they_gave(curator_client: Client, ann: User, give: Give) -> None:
    User.objects.filter(pk=ann.pk).update(username="ann+1@x")
    row, other = give(ann), give(None)
    for address in (LIST, f"{LIST}{row.pk}/change/"):
        assert "?q=ann%2B1%40x" in curator_client.get(address).content.decode()
    listed = curator_client.get(f"{LIST}?q=ann%2B1%40x").content.decode()
    assert str(row.pk) in listed and str(other.pk) not in listed


def test_hashtags_are_edited_before_the_approval(curator_client: Client, ann: User, give: Give) -> None:
    row = give(ann, "love", kept=("sea", "boat"))
    decide(curator_client, row, "approve", tag=["sea", "love"], typed="#Möwe")
    assert (row.kept, row.added, row.state) == (["sea"], ["love", "möwe"], "approved")
    assert list(Post.objects.get().taggings.values_list("hashtag__key", flat=True)) == ["sea", "love", "möwe"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"verdict": "approve", "tag": []}, "Tick or type at least one hashtag"),
        ({"verdict": "approve", "typed": "foul"}, "not taken here: #foul"),
        ({"verdict": "reject", "why": ""}, "Say in a sentence why"),
        ({"verdict": "nonsense"}, "Choose one of the verdicts."),
    ],
)
def test_refusals(curator_client: Client, ann: User, give: Give, fields: dict[str, object], sentence: str) -> None:
    Hashtag.objects.create(key="foul", display="foul", status="banned")
    row = give(ann)
    assert sentence in decide(curator_client, row, **fields)  # type: ignore[arg-type]
    assert (row.state, row.tags) == ("waiting", ["sea"])


def test_rejection_and_later(curator_client: Client, ann: User, give: Give) -> None:
    row, other = give(ann), give(ann)
    assert f"{LIST}{other.pk}/decide/" in decide(curator_client, row, "later")
    assert row.state == "waiting"
    decide(curator_client, row, "reject", why="It shows a stranger.")
    assert (row.state, row.message) == ("rejected", "It shows a stranger.")
    assert "The photo is deleted." in curator_client.get(f"{LIST}{row.pk}/change/").content.decode()
    assert "decided on or withdrawn meanwhile" in decide(curator_client, row, "approve")


def test_words_that_a_trusted_contribution_holds(curator_client: Client, trusted: list[User], give: Give) -> None:
    row = give(trusted[0], "dünen")
    assert "Let its new words in" in curator_client.get(f"{LIST}{row.pk}/change/").content.decode()
    assert str(row.pk) in curator_client.get(LIST, {"held": "yes"}).content.decode()
    decide(curator_client, row, "approve")
    assert row.held == [] and Hashtag.objects.filter(key="dünen").exists()


def test_bulk_actions(curator_client: Client, ann: User, trusted: list[User], give: Give) -> None:
    rows = [give(ann), give(ann, "dünen"), give(trusted[0])]
    assert "2 contributions approved." in act(curator_client, "approve", *rows)
    assert Post.objects.count() == 3
    page = act(curator_client, "reject", *rows[1:])
    assert "Why" in page and Post.objects.count() == 3
    page = act(curator_client, "reject", *rows[1:], confirmed="1", why="Advertising.")
    assert "2 contributions rejected." in page and Post.objects.count() == 1
    assert set(Contribution.objects.values_list("state", "message").exclude(state="approved")) == {
        ("rejected", "Advertising.")
    }


def test_all_that_match_are_confirmed_first(curator_client: Client, ann: User, give: Give) -> None:
    rows = [give(ann), give(ann)]
    page = act(curator_client, "approve", rows[0], select_across="1")
    assert "2 contributions: become posts of the corpus." in page and not Post.objects.exists()
    act(curator_client, "approve", rows[0], select_across="1", confirmed="1")
    assert Post.objects.count() == 2


@pytest.mark.parametrize("odd", ["x", "1", "²", "9" * 40])
def test_ticks_that_make_no_sense(curator_client: Client, ann: User, give: Give, odd: str) -> None:
    give(ann)
    data = {"action": "approve", "_selected_action": odd}
    assert "Tick rows of the list" in curator_client.post(LIST, data, follow=True).content.decode()


def test_who_may_what(outsider_client: Client, client: Client, ann: User, give: Give) -> None:
    row = give(ann)
    for address in ("", f"{row.pk}/change/", f"{row.pk}/photo.jpg"):
        assert outsider_client.get(LIST + address).status_code == 403
        assert client.get(LIST + address).status_code == 302
    assert outsider_client.post(f"{LIST}{row.pk}/decide/", {"verdict": "approve"}).status_code == 403
    row.refresh_from_db()
    assert row.state == "waiting"


def test_only_posts_decide(curator_client: Client, ann: User, give: Give) -> None:
    row = give(ann)
    assert curator_client.get(f"{LIST}{row.pk}/decide/", {"verdict": "approve"}).status_code == 405
    assert curator_client.post(f"{LIST}{uuid.uuid4()}/decide/", {"verdict": "approve"}).status_code == 404


def test_the_list_takes_few_queries(
    curator_client: Client, ann: User, give: Give, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(5):
        contributing.withdraw(give(ann))
        give(ann)
    with django_assert_max_num_queries(15):
        curator_client.get(LIST)
