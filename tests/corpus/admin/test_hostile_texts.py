"""Markup in captions, names, hashtags, ids, logs and refusals is shown as text on every page of the admin."""

import re

import pytest
from django.test import Client

from corpus import curation
from corpus.models import BulkChange, Hashtag, ImportRun, PopularHashtag, Post, ScrapeRun, Sighting
from tests.curators import HOSTILE


@pytest.fixture
def pages(hostile: Post, admin_user: object) -> list[str]:
    """Return every page on which a text of the corpus stands."""
    Post.objects.create(source=hostile.source, external_id=f"2{HOSTILE}", looks_like=hostile)
    PopularHashtag.objects.create(key=HOSTILE, listed_by=HOSTILE)
    scrape = ScrapeRun.objects.create(
        source=hostile.source, tag=HOSTILE, limit=5, message=HOSTILE, log=HOSTILE, account=HOSTILE, state="failed"
    )
    Sighting.objects.create(post=hostile, run=scrape, position=1)
    curation.set_hashtag_status(Hashtag.objects.all(), "spam", admin_user, HOSTILE)  # type: ignore[arg-type]
    curation.set_status(Post.objects.filter(pk=hostile.pk), "rejected", admin_user)  # type: ignore[arg-type]
    curation.set_status(Post.objects.filter(pk=hostile.pk), "pending", admin_user)  # type: ignore[arg-type]
    BulkChange.objects.create(what=HOSTILE, rows=1, before={"model": "post", "fields": [], "added": [], "removed": []})
    run, hashtag = ImportRun.objects.get(), Hashtag.objects.get()
    tables = ["post", "hashtag", "popularhashtag", "source", "importrun", "scraperun", "bulkchange"]
    rows = {"post": hostile.pk, "hashtag": hashtag.pk, "importrun": run.pk, "scraperun": scrape.pk}
    rows["source"] = hostile.source_id
    found = ["", "corpus/post/review/", "corpus/post/duplicates/", "corpus/post/export/"]
    found += [f"corpus/{table}/" for table in tables] + [f"corpus/{table}/{id}/change/" for table, id in rows.items()]
    found += [f"corpus/{table}/{id}/history/" for table, id in rows.items()]
    found.append(f"corpus/post/?hashtags__id__exact={hashtag.pk}&import_run__id__exact={run.pk}")
    return [*found, f"corpus/post/?q={HOSTILE}"]


def test_it_works(admin_client: Client, pages: list[str]) -> None:
    seen = 0
    for page in pages:
        answer = admin_client.get(f"/admin/{page}")
        assert answer.status_code == 200, page
        text = answer.content.decode()
        assert "<script>alert" not in text and "<img src=x" not in text, page
        assert not re.search(r"<[a-z][^>]*\sonerror=", re.sub(r'"[^"]*"', '""', text)), page
        seen += "&lt;script&gt;alert(1)" in text
    assert seen >= 15


def test_forms_of_actions(admin_client: Client, hostile: Post) -> None:
    data = {"action": "tag", "_selected_action": [HOSTILE, hostile.pk], "typed": HOSTILE, "next": HOSTILE}
    for url in ("/admin/corpus/post/", f"/admin/corpus/post/?q={HOSTILE}"):
        text = admin_client.post(url, {**data, "confirmed": "1", "select_across": "1"}).content.decode()
        assert "<script>alert" not in text
