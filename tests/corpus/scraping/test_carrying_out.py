"""Carrying out a run: recent and top posts of a hashtag come into the corpus, each with where it stood."""

import pytest
from django.conf import settings

from corpus.models import ImportRun, PopularHashtag, Post, ScrapeRun, Sighting
from corpus.scraping import posts
from tests.corpus.scraping.conftest import Scrape
from tests.corpus.scraping.instagram import Instagram, media, node


def shortcodes() -> list[str]:
    return sorted(Post.objects.values_list("external_id", flat=True))


def seen(run: ScrapeRun) -> list[tuple[int, str]]:
    return list(run.sightings.values_list("position", "post__external_id"))


def test_it_works(scrape: Scrape, instagram: Instagram) -> None:
    PopularHashtag.objects.create(key="sea")
    run = scrape()
    assert (run.state, run.reason, run.message, run.position) == ("done", "", "It read 30 posts.", 30)
    assert shortcodes() == [f"R{number:02}" for number in range(30)]
    assert seen(run) == [(number + 1, f"R{number:02}") for number in range(30)]
    post = Post.objects.get(external_id="R07")
    assert (post.status, post.caption, post.image_path.exists()) == ("pending", "At the #sea", True)
    assert post.taken is not None and post.taken.isoformat() == "2023-11-14T22:13:20+00:00"
    assert [tagging.hashtag.key for tagging in post.taggings.all()] == ["sea"]
    assert run.import_run is not None and (run.import_run.state, run.import_run.counts["new"]) == ("done", 30)
    assert (instagram.count("web_info"), instagram.count("graphql/query")) == (1, 3)
    assert PopularHashtag.objects.get(key="sea").last_scraped is not None
    assert list((settings.HOME / "run").glob("scrape-*")) == [], "no picture is left behind"


def test_top_posts(scrape: Scrape) -> None:
    scrape(limit=2)
    run = scrape(section="top")
    assert (run.state, run.position) == ("done", 14)
    assert run.import_run is not None
    counts = run.import_run.counts
    assert (counts["read"], counts["new"], counts["known"], counts["duplicates"]) == (14, 12, 2, 2)
    assert seen(run)[-2:] == [(13, "R00"), (14, "R01")], "what is known was seen as well"


def test_top_posts_are_read_anew_without_known_pictures(scrape: Scrape, instagram: Instagram) -> None:
    scrape(section="top")
    instagram.asked.clear()
    instagram.top.insert(0, media("T99"))
    instagram.pictures["T99.jpg"] = instagram.pictures["R20.jpg"]
    run = scrape(section="top")
    assert run.import_run is not None and run.import_run.counts["new"] == 1
    assert instagram.count("cdninstagram") == 1
    assert seen(run)[0] == (1, "T99")


def test_top_posts_in_the_older_form(scrape: Scrape, instagram: Instagram) -> None:
    instagram.top_by_graphql, instagram.top = True, [node("T00"), node("T01")]
    assert (scrape(section="top").state, shortcodes()) == ("done", ["T00", "T01"])


def test_the_limit_ends_it_in_the_middle_of_a_page(scrape: Scrape, instagram: Instagram) -> None:
    run = scrape(limit=15)
    assert (run.state, run.position, len(shortcodes()), instagram.count("graphql/query")) == ("done", 15, 15, 2)


def test_captions_are_parsed_by_our_rules_and_stay_text(scrape: Scrape, instagram: Instagram) -> None:
    caption = "<script>alert(1)</script> &#39;hi&#x27; https://x.y/page#part #Sea☀️ #été foo#bar \x00\ud800 ##sun"
    instagram.recent[:] = [node("R00", caption)]
    scrape()
    post = Post.objects.get()
    assert post.caption == caption.replace("\x00", "").replace("\ud800", "?")
    assert [tagging.hashtag.key for tagging in post.taggings.all()] == ["sea☀", "été", "sun"]


def test_sidecars_and_videos_give_their_first_picture(scrape: Scrape, instagram: Instagram) -> None:
    child = {"node": {"display_url": f"{instagram.recent[1]['display_url']}", "is_video": False}}
    sidecar = node("R00", __typename="GraphSidecar", edge_sidecar_to_children={"edges": [child]})
    del sidecar["display_url"]
    video = node("R02", __typename="GraphVideo", is_video=True, video_url="https://x")
    untyped = node("R03")
    del untyped["__typename"]
    instagram.recent[:] = [sidecar, video, untyped]
    assert scrape().state == "done"
    assert all(post.sha256 for post in Post.objects.all())
    assert instagram.count("R01.jpg") == 1
    assert len(instagram.asked) == 5, "nothing more is asked than the pages and the pictures"


def test_posts_that_are_none_are_counted(scrape: Scrape, instagram: Instagram) -> None:
    instagram.pictures["R01.jpg"] = b"<!doctype html><title>Log in</title>"
    instagram.recent[2]["edge_media_to_caption"]["edges"] = []
    instagram.recent[3]["shortcode"] = "../../etc"
    instagram.recent[4]["taken_at_timestamp"] = 10**30
    instagram.recent[5]["edge_media_to_caption"] = {"edges": [{"node": {"text": 5}}]}
    instagram.say("R06.jpg", 403)
    instagram.recent[7]["display_url"] = "https://cdninstagram.com.evil.org/R07.jpg"
    instagram.say("R08.jpg", 302, Location="https://evil.org/x.jpg")
    run = scrape(limit=12)
    assert run.import_run is not None and run.state == "done"
    assert run.import_run.counts["refused"] == {
        "picture not_an_image": 1,
        "no hashtag": 1,
        "unreadable": 3,
        "missing picture": 3,
    }
    assert instagram.count("evil.org") == 0
    assert "The picture of R06 is missing: its server answered 403." in run.log
    assert shortcodes() == ["R00", "R09", "R10", "R11"]


def test_a_second_run_finds_everything_known(scrape: Scrape) -> None:
    first, second = scrape(), scrape()
    assert first.pk != second.pk and second.import_run is not None
    assert (second.import_run.counts["new"], second.import_run.counts["known"]) == (0, 30)
    assert second.sightings.count() == 30


def test_an_import_that_is_cancelled_ends_its_run(
    scrape: Scrape, instagram: Instagram, monkeypatch: pytest.MonkeyPatch
) -> None:
    freeze = posts.freeze

    def cancel_then_freeze(iterator: object) -> object:
        ImportRun.objects.update(cancel_wanted=True)
        return freeze(iterator)  # type: ignore[arg-type]

    monkeypatch.setattr(posts, "freeze", cancel_then_freeze)
    run = scrape()
    assert (run.state, Post.objects.count(), Sighting.objects.count()) == ("cancelled", 12, 12)
    assert run.frozen is None
