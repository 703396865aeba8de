"""Judgements: which hashtags of an answer are good, bad or missing, said without giving the photo to learn from."""

from collections.abc import Iterable

from django.db import transaction

from predictor.contributions import contributed_tags, receipts
from predictor.contributions.contributing import ALREADY, GONE, ContributionError
from predictor.models import Judgement, Upload
from predictor.people.visitors import Visitor


def judge(
    upload: Upload, visitor: Visitor, good: Iterable[str], bad: Iterable[str], missing: Iterable[str]
) -> Judgement:
    """Store what a person thinks of the answer to their photo; said again, it takes the place of what was said before.

    Raises ContributionError with a sentence for the person.
    """
    rankings = receipts.rankings(upload)
    suggested = {tag for ranking in rankings.values() for tag in ranking}
    opinion = contributed_tags.read(suggested, good, bad, missing, may_all_be_dropped=True)
    said = {
        "owner": visitor.user,
        "owner_token": visitor.token,
        "good": opinion.kept,
        "bad": opinion.dropped,
        "missing": opinion.added,
        "acceptance": receipts.acceptance(rankings, kept=opinion.kept, dropped=opinion.dropped),
        "unseen": receipts.unseen(rankings, opinion.added),
    }
    with transaction.atomic():
        if not Upload.objects.select_for_update().filter(pk=upload.pk, state=Upload.State.DONE):
            raise ContributionError(str(GONE))
        if upload.contributions.open().exists():
            raise ContributionError(str(ALREADY))
        row, _created = Judgement.objects.update_or_create(upload=upload, defaults=said)
    return row
