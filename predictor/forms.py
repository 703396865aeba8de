"""Forms of the public pages."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

ACCEPT = "image/jpeg,image/png,image/gif,image/webp,image/avif,image/heic,image/heif,.heic,.heif"
MESSAGES = {
    "required": _("No photo arrived. Please choose one and send it again."),
    "missing": _("No photo arrived. Please choose one and send it again."),
    "invalid": _("What arrived was not a file. Please choose a photo and send it again."),
    "empty": _("The file is empty. Please choose another photo."),
}


class PhotoForm(forms.Form):
    """One photo. What is inside it is checked by corpus.images, not here."""

    photo = forms.FileField(
        max_length=None,
        allow_empty_file=False,
        error_messages=MESSAGES,
        widget=forms.FileInput(
            {
                "accept": ACCEPT,
                "data-max-bytes": settings.MAX_UPLOAD_BYTES,
                "data-key": "o",
                "data-key-name": _("Choose a photo"),
            }
        ),
    )


class AnyOf(forms.MultipleChoiceField):
    """Some texts of any kind; what they may be is checked by predictor.contributions.contributed_tags."""

    def valid_value(self, value: str) -> bool:
        return True


class ContributionForm(forms.Form):
    """What a person says of their photo: hashtags that were ticked, dropped and typed."""

    LONGEST = 4000

    kept = AnyOf(required=False)
    dropped = AnyOf(required=False)
    added = forms.CharField(
        required=False,
        max_length=LONGEST,
        error_messages={"max_length": _("That is too much text. Please type at most 30 hashtags.")},
    )
    may_be_shown = forms.BooleanField(required=False)

    def sentence(self) -> str:
        """What is wrong, in one line."""
        return " ".join(str(error) for errors in self.errors.values() for error in errors)
