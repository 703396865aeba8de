"""Copying: the page of a photo tells which suggested hashtags a person took along."""

from django.db import transaction
from django.utils.translation import gettext as _

from corpus import hashtags
from predictor.contributions import receipts
from predictor.models import Copying, Upload

LONGEST = 4000  # characters


class CopyingError(Exception):
    """A copied text that says nothing of the suggestions; the text is a sentence."""


def note(upload: Upload, text: str) -> Copying:
    """Add the hashtags of a text that was copied to what is known of an upload; each counts once.

    Raises CopyingError where it holds none that was suggested, or is too long.
    """
    if len(text) > LONGEST:
        raise CopyingError(_("That is too much text to be copied hashtags."))
    rankings = receipts.rankings(upload)
    suggested = {tag for ranking in rankings.values() for tag in ranking}
    copied = [key for key in (hashtags.parse(word).key for word in hashtags.find(text)) if key in suggested]
    if not copied:
        raise CopyingError(_("None of these hashtags was suggested for this photo."))
    with transaction.atomic():
        if not Upload.objects.select_for_update().filter(pk=upload.pk):
            raise CopyingError(_("The photo is not here any more."))
        row, _created = Copying.objects.get_or_create(upload=upload)
        row.tags = list(dict.fromkeys([*row.tags, *copied]))
        row.acceptance = receipts.acceptance(rankings, copied=row.tags)
        row.save()
    return row
