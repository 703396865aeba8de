"""What makes hashtags be counted anew: each decision of a curator, and the end of each import."""

from django.contrib.auth.models import User

from corpus import curation
from corpus.ingest import ingest, open_run
from corpus.models import ImportRun, Post
from corpus.recounting import recounter
from tests.corpus.sources import raw


def test_it_works(run: ImportRun) -> None:
    state = recounter().state
    seen = [state()]
    ingest(run, [raw("a")])
    seen.append(state())
    ingest(open_run("mine", "folder"), [raw("b")])
    seen.append(state())
    user = User.objects.create_user("ann", is_staff=True)
    change = curation.set_status(Post.objects.all(), Post.Status.REJECTED, user)
    seen.append(state())
    curation.undo(change, user)
    seen.append(state())
    Post.objects.all()[0].delete()
    assert len({*seen, state()}) == 6


def test_nothing_new(run: ImportRun) -> None:
    ingest(run, [raw("a")])
    assert recounter().state() == recounter().state()
