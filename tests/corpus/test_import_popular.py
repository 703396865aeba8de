"""The command `import_popular`: what it reads, what it says, how it ends."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from corpus.models import PopularHashtag

pytestmark = pytest.mark.django_db


def run(*arguments: str | Path) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("import_popular", *map(str, arguments), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    PopularHashtag.objects.all().delete()
    (tmp_path / "list.csv").write_text("hashtag,source\nlove,\ncat,own\nx y,\n", encoding="utf-8")
    return tmp_path / "list.csv"


def test_it_works(listed: Path) -> None:
    out, err = run(listed, "--source", "a page", "--date", "2026-01-31")
    assert out == "Read 2 popular hashtags from list.csv: 2 new, 0 changed, 1 refused.\n"
    assert err == "  refused: Line 4 names no hashtag: A hashtag cannot hold ' '.\n"
    values = PopularHashtag.objects.values_list("key", "listed_by", "listed_on")
    assert [(key, by, str(on)) for key, by, on in values] == [
        ("cat", "own", "2026-01-31"),
        ("love", "a page", "2026-01-31"),
    ]
    assert "0 new, 0 changed" in run(listed)[0]


def test_without_a_file_it_reads_the_shipped_list() -> None:
    PopularHashtag.objects.all().delete()
    assert run()[0] == "Read 50 popular hashtags from popular.csv: 50 new, 0 changed, 0 refused.\n"


def test_nothing_that_could_be_taken(listed: Path) -> None:
    listed.write_text("hashtag\nx y\n", encoding="utf-8")
    with pytest.raises(CommandError, match="names no hashtag that could be taken"):
        run(listed)


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        run(tmp_path / "missing.csv")


def test_no_such_date(listed: Path) -> None:
    with pytest.raises(CommandError, match="'31.1.2026' is no date; write it as 2026-01-31"):
        run(listed, "--date", "31.1.2026")
    assert not PopularHashtag.objects.exists()
