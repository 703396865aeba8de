"""The standing of hashtags in the corpus: posts, partners, genericness and tiers, and which rows are written."""

import math
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from corpus import statistics
from corpus.models import Hashtag, Post
from tests.corpus.lists import store_lists

pytestmark = pytest.mark.django_db
NOTHING = (0, 0, None, "")


def numbers(key: str) -> tuple[int, int, float | None, str]:
    found: tuple[int, int, float | None, str] = Hashtag.objects.values_list(*statistics.COLUMNS).get(key=key)
    return found


def test_it_works() -> None:
    store_lists([("love", "sea")] * 5 + [("love", "sun")] * 5)
    assert statistics.refresh() == "Counted 3 hashtags on 10 posts; the numbers of 3 changed."
    corpus = math.exp(-(0.5 * math.log(0.5) + 2 * 0.25 * math.log(0.25)))  # effective number of all hashtags
    assert numbers("love") == (10, 2, round(2 / corpus, 4), "popular")
    assert numbers("sea") == numbers("sun") == (5, 1, round(1 / corpus, 4), "common")


def test_it_agrees_with_counting_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(1)
    lists = [tuple(dict.fromkeys(draw.choices("abcdefgh", range(1, 9), k=4))) for _ in range(200)]
    store_lists(lists)
    monkeypatch.setattr(statistics, "BLOCK", 3)
    monkeypatch.setattr(statistics, "WRITTEN", 2)
    statistics.refresh()
    whole = _effective(Counter(tag for tags in lists for tag in tags))
    for key in "abcdefgh":
        beside = Counter(tag for tags in lists if key in tags for tag in tags if tag != key)
        posts, partners, genericness, _ = numbers(key)
        assert (posts, partners) == (sum(key in tags for tags in lists), len(beside))
        assert genericness == pytest.approx(_effective(beside) / whole, abs=1e-4)


def _effective(counts: Counter[str]) -> float:
    shares = [count / counts.total() for count in counts.values()]
    return math.exp(-sum(share * math.log(share) for share in shares))


def test_a_hashtag_with_all_kinds_of_company_is_generic() -> None:
    others = [f"tag{number}" for number in range(40)]
    store_lists([("love", other) for other in others] + [("sushi", "rice")] * 40)
    statistics.refresh()
    love, sushi = numbers("love")[2], numbers("sushi")[2]
    assert love is not None and sushi is not None
    assert love > 0.9 and sushi < 0.1


def test_aliases_count_as_what_they_stand_for_and_each_post_once() -> None:
    store_lists([("sea", "ocean", "sun")] * 3 + [("ocean", "sky")] * 2)
    Hashtag.objects.filter(key="ocean").update(alias_of=Hashtag.objects.get(key="sea"))
    statistics.refresh()
    assert numbers("sea")[:2] == (5, 2)
    assert numbers("ocean") == NOTHING


def test_only_approved_originals_count() -> None:
    first, *_ = store_lists([("sea", "sun")])
    store_lists([("sea", "sky")], status="pending")
    store_lists([("sea", "fog")], status="rejected")
    store_lists([("sea", "ice")], duplicate_of=first)
    statistics.refresh()
    assert numbers("sea")[:2] == (1, 1)
    assert numbers("sky") == numbers("fog") == numbers("ice") == NOTHING


def test_of_rare_hashtags_nothing_is_said() -> None:
    store_lists([("a", "b")] * 4 + [("c",)] * 6)
    statistics.refresh()
    assert numbers("a") == (4, 1, None, "rare")
    assert numbers("c") == (6, 0, 0.0, "popular")


def test_banned_hashtags_keep_their_numbers() -> None:
    store_lists([("a", "b")] * 5)
    Hashtag.objects.filter(key="a").update(status="banned")
    statistics.refresh()
    assert numbers("a")[:2] == (5, 1)


def test_a_hashtag_that_lost_its_posts_has_no_numbers() -> None:
    posts = store_lists([("a",)] * 5)
    statistics.refresh()
    Post.objects.filter(pk__in=[post.pk for post in posts]).update(status="rejected")
    assert "the numbers of 1 changed" in statistics.refresh()
    assert numbers("a") == NOTHING


def test_only_rows_that_changed_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    store_lists([("a", "b")] * 5 + [("c", "d")] * 5)
    statistics.refresh()
    Hashtag.objects.filter(key="c").update(tier="rare")
    written: list[int] = []
    write = statistics._write

    def watched(rows: list[tuple[int | float | str | None, ...]]) -> None:
        written.extend(int(row[-1] or 0) for row in rows)
        write(rows)

    monkeypatch.setattr(statistics, "_write", watched)
    statistics.refresh()
    assert written == [Hashtag.objects.get(key="c").pk]
    assert statistics.refresh().endswith("the numbers of 0 changed.")
    assert numbers("c")[3] != "rare"


def test_an_endless_list_counts_but_is_no_company(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "MOST_TAGS", 3)
    store_lists([("a", "b", "c", "d"), ("a", "b")])
    statistics.refresh()
    assert [numbers(key)[:2] for key in "abcd"] == [(2, 1), (2, 1), (1, 0), (1, 0)]


def test_an_empty_corpus() -> None:
    assert statistics.refresh() == "Counted 0 hashtags on 0 posts; the numbers of 0 changed."


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([30, 20, 10, 10, 20], ["popular", "common", "specific", "specific", "common"]),  # 30, 40 and 20 of 90
        ([90, 5, 5, 4, 0], ["popular", "specific", "specific", "rare", ""]),
        ([7, 7, 7], ["popular"] * 3),  # equal numbers share a tier
        ([4, 3], ["rare", "rare"]),
        ([0], [""]),
        ([], []),
    ],
)
def test_tiers(counts: list[int], expected: list[str]) -> None:
    assert statistics.tiers(counts) == expected


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    store_lists([("a", "b")] * 5)
    call_command("refresh_statistics")
    assert capsys.readouterr().out == "Counted 2 hashtags on 5 posts; the numbers of 2 changed.\n"


def test_web_processes_stay_light(home: Path) -> None:
    """Importing what pages import brings no library for sparse matrices along."""
    code = "import django, sys; django.setup(); import corpus.statistics, corpus.figures, corpus.popular"
    command = [sys.executable, "-c", f"{code}; sys.exit('scipy' in sys.modules)"]
    environment = {
        "DJANGO_SETTINGS_MODULE": "tag4pic_site.settings",
        "TAG4PIC_SECRET_KEY": "x",
        "TAG4PIC_HOME": str(home),
    }
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
