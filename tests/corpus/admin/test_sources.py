"""Sources: what each brought in, and the one thing that is set by hand."""

from django.test import Client

from corpus.models import Post, Source

URL = "/admin/corpus/source/"


def test_it_works(curator_client: Client, posts: list[Post]) -> None:
    Post.objects.filter(external_id="cat").update(status="approved")
    Source.objects.create(name="empty", kind=Source.Kind.FOLDER)
    page = curator_client.get(URL).content.decode()
    mine = f"source__id__exact={posts[0].source_id}"
    assert f'{mine}">3</a>' in page and f'{mine}&amp;photo=with">2</a>' in page
    assert f'{mine}&amp;status__exact=pending">2</a>' in page


def test_administrators_say_what_may_be_shown(administrator_client: Client, source: Source) -> None:
    administrator_client.post(f"{URL}{source.pk}/change/", {"name": "mine", "may_be_shown": "on"})
    source.refresh_from_db()
    assert source.may_be_shown and source.kind == Source.Kind.FOLDER


def test_curators_do_not(curator_client: Client, source: Source) -> None:
    answer = curator_client.post(f"{URL}{source.pk}/change/", {"name": "mine", "may_be_shown": "on"})
    assert answer.status_code == 403
