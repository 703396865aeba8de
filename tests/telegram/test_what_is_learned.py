"""From a hashtag that somebody gives in a chat to an answer that has it: moderated, learned, and taken back again."""

import pytest

from tests.end_to_end import tiny
from tests.end_to_end.test_learning import manage
from tests.end_to_end.waiting import wait_for
from tests.telegram.conftest import BotSite, as_jpeg
from tests.telegram.people import Person

pytestmark = pytest.mark.slow
APPROVE = """
from django.contrib.auth.models import User
from predictor.contributions import contributing
from predictor.models import Contribution
moderator, _ = User.objects.get_or_create(username="mo", is_staff=True)
contributing.approve(Contribution.objects.waiting().get(added=["astronaut", "selfie"]), moderator)
"""


def astronaut(number: int) -> bytes:
    """Return a photo of something that the corpus does not know."""
    return as_jpeg(tiny.crop("astronaut.png", number))


def serving(site: BotSite) -> set[str]:
    """Return the versions that answer now."""
    query = "SELECT version_id FROM predictor_activeversion WHERE kind = ?"
    return {f"{kind}:{site.ask(query, kind)[0]}" for kind in ("als", "w2v")}


def test_it_works(ann: Person, site: BotSite) -> None:
    before = serving(site)
    answer = ann.sends_photo(astronaut(0))
    assert "#astronaut" not in answer.text.casefold()
    given = ann.says("#Astronaut #selfie", reply_to=ann.hears_after(answer, "Add mine"))
    assert "Thank you for your contribution: #astronaut #selfie" in given.text
    assert ann.presses(given, "How does it stand?") == "It waits for a moderator."
    manage(site.home, "shell", "-c", APPROVE)
    assert "part of the corpus" in ann.presses(given, "How does it stand?")
    ann.sees(given, "part of the corpus")
    wait_for(lambda: not before & serving(site), 300)
    again = ann.sends_photo(astronaut(5))
    assert [part.count("#astronaut") for part in again.text.casefold().split("\n\n")] == [1, 1, 1]
    assert "a photo tagged #astronaut #selfie" in ann.changes(again, "Why?").text
    ann.changes(given, "Take it back")
    assert "Your contribution is taken back." in given.text and given.labels == []
    learned = given.text.splitlines()[-1]
    assert all(version in learned for version in serving(site) - before) and "still serve" in learned
