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
        widget=forms.FileInput({"accept": ACCEPT, "data-max-bytes": settings.MAX_UPLOAD_BYTES}),
    )
