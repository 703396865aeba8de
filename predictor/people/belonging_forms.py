"""Forms of what people keep here: sets of hashtags, hashtags never to see again, tokens, and the way out."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from predictor.contributions import contributed_tags
from predictor.people import tag_sets
from predictor.receiving import printable


class TagSetForm(forms.Form):
    """A name, and hashtags with line breaks, blanks or commas between them."""

    name = forms.CharField(
        label=_("Name of the set"),
        max_length=60,
        error_messages={
            "required": _("Give the set a name, so that you find it again."),
            "max_length": _("A name has at most 60 characters."),
        },
    )
    tags = forms.CharField(
        label=_("Hashtags"),
        max_length=4000,
        widget=forms.Textarea({"rows": 5, "autocapitalize": "none", "spellcheck": "false"}),
        help_text=_("One a line, at most 30; # is not needed."),
        error_messages={
            "required": _("Type at least one hashtag."),
            "max_length": _("That is too much text. Please type at most 30 hashtags."),
        },
    )

    def clean_name(self) -> str:
        name = printable(self.cleaned_data["name"]).strip()
        if not name:
            raise forms.ValidationError(_("Give the set a name, so that you find it again."))
        return name

    def clean_tags(self) -> list[str]:
        try:
            return tag_sets.read(contributed_tags.words(self.cleaned_data["tags"]))
        except tag_sets.TagSetError as error:
            raise forms.ValidationError(str(error)) from error


class WordForm(forms.Form):
    """Makes sure that somebody without an account means to delete everything."""

    WORD = _("delete")

    word = forms.CharField(
        label=format_lazy(_("Type the word “{word}”"), word=WORD),
        error_messages={"required": _("Nothing was deleted: this was left empty.")},
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none"}),
    )

    def clean_word(self) -> str:
        word: str = self.cleaned_data["word"]
        if word.casefold() != str(self.WORD).casefold():
            raise forms.ValidationError(_("Nothing was deleted: that was another word."))
        return word


class PasswordForm(forms.Form):
    """Makes sure that it is the person of an account who deletes everything."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        error_messages={"required": _("Nothing was deleted: this was left empty.")},
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )

    def __init__(self, request: HttpRequest, user: User, data: Any = None) -> None:
        super().__init__(data)
        self.request, self.user = request, user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        found = authenticate(self.request, username=self.user.get_username(), password=password)  # counts what fails
        if found != self.user:
            raise forms.ValidationError(_("Nothing was deleted: that was not your password."))
        return password


def farewell_form(request: HttpRequest, data: Any = None) -> WordForm | PasswordForm:
    """Return the form by which whoever sent a request may delete everything of theirs."""
    return PasswordForm(request, request.user, data) if isinstance(request.user, User) else WordForm(data)
