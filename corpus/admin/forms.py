"""Forms of the bulk actions: hashtags to add or take away, which post is kept, and the status of hashtags."""

from typing import Any

from django import forms
from django.contrib.admin import site
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from corpus import hashtags
from corpus.admin.base import ids
from corpus.models import Hashtag, PopularHashtag, Post, ScrapeRun
from corpus.popular import MOST_WANTED, is_name
from corpus.scraping import runs, sessions


def _plain(text: str) -> str:
    """Refuse a text that could show something else than it says."""
    if not is_name(text):
        raise ValidationError(_("Write this without control characters, and in at most 200 characters."))
    return text


class OneOf(AutocompleteSelect):
    """A choice among rows. What can be no id is as if nothing was chosen: a query would not take it."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str | None:
        chosen = super().value_from_datadict(data, files, name)
        return chosen if ids([chosen or ""]) else None


class SomeOf(AutocompleteSelectMultiple):
    """A choice of rows, without what can be no id."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return [str(id) for id in ids(super().value_from_datadict(data, files, name))]


class TagsForm(forms.Form):
    """Hashtags, chosen among the known ones or typed."""

    chosen = forms.ModelMultipleChoiceField(
        queryset=Hashtag.objects.all(),
        required=False,
        label=_("Known hashtags"),
        widget=SomeOf(Post._meta.get_field("hashtags"), site),
    )
    typed = forms.CharField(
        required=False,
        label=_("Or type them"),
        help_text=_("With blanks or commas between them, with or without #."),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2, "maxlength": 2000}),
        max_length=2000,
    )

    def clean_typed(self) -> list[hashtags.Tag]:
        found: dict[str, hashtags.Tag] = {}
        for word in self.cleaned_data["typed"].replace(",", " ").split():
            try:
                tag = hashtags.parse(word)
            except hashtags.HashtagRefused as refused:
                raise ValidationError(f"{word}: {refused.sentence(gettext)}") from refused
            found[tag.key] = tag
        return list(found.values())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not self.tags():
            raise ValidationError(_("Choose or type at least one hashtag."))
        return cleaned

    def tags(self) -> list[hashtags.Tag]:
        chosen = [hashtags.Tag(row.key, row.display) for row in self.cleaned_data["chosen"]]
        return list({tag.key: tag for tag in [*chosen, *self.cleaned_data["typed"]]}.values())


class MergeForm(forms.Form):
    """Which of some posts is kept, and whether it gets the hashtags of the others."""

    into = forms.ModelChoiceField(queryset=Post.objects.none(), label=_("The post that is kept"), empty_label=None)
    give_tags = forms.BooleanField(
        required=False, label=_("Give it the hashtags that only the others have"), widget=UnfoldBooleanWidget()
    )

    def __init__(self, data: Any, posts: QuerySet[Post]) -> None:
        super().__init__(data)
        self.fields["into"].queryset = posts  # type: ignore[attr-defined]


class StatusForm(forms.Form):
    """The status of hashtags, and who reported it when."""

    status = forms.ChoiceField(choices=Hashtag.Status.choices, label=_("Status"), widget=UnfoldAdminSelectWidget())
    source = forms.CharField(
        max_length=200,
        required=False,
        label=_("Who says so"),
        help_text=_("A page, a list, a person. Needed for a restriction."),
        widget=UnfoldAdminTextInputWidget(),
    )
    date = forms.DateField(
        required=False,
        label=_("Reported on"),
        help_text=_("Needed for a restriction."),
        widget=UnfoldAdminSingleDateWidget(),
    )
    until = forms.DateField(
        required=False,
        label=_("Counts until"),
        help_text=_("From the day after, the report counts as expired. Empty: it does not expire."),
        widget=UnfoldAdminSingleDateWidget(),
    )

    def clean_source(self) -> str:
        return _plain(self.cleaned_data["source"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        date, until = cleaned.get("date"), cleaned.get("until")
        if cleaned.get("status") == Hashtag.Status.RESTRICTED:
            for name in ("source", "date"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("A restriction is a report: say who reported it, and when."))
        if date and until and until < date:
            self.add_error("until", _("This lies before the day of the report."))
        return cleaned


class MergeHashtagsForm(forms.Form):
    """The hashtag that others become aliases of."""

    into = forms.ModelChoiceField(
        queryset=Hashtag.objects.with_meaning(),
        label=_("The hashtag that is kept"),
        help_text=_("The others become its aliases: they count for it, and their taggings stay as they were given."),
        widget=OneOf(Hashtag._meta.get_field("alias_of"), site),
    )


class PopularHashtagForm(forms.ModelForm[PopularHashtag]):
    """One popular hashtag, whose name is normalised as everywhere."""

    def clean_key(self) -> str:
        try:
            return hashtags.parse(self.cleaned_data["key"]).key
        except hashtags.HashtagRefused as refused:
            raise ValidationError(refused.sentence(gettext)) from refused

    def clean_listed_by(self) -> str:
        return _plain(self.cleaned_data["listed_by"])

    def clean_wanted(self) -> int:
        wanted: int = self.cleaned_data["wanted"]
        if wanted > MOST_WANTED:
            raise ValidationError(_("Write a number from 0 to %(most)s.") % {"most": f"{MOST_WANTED:,}"})
        return wanted


def _sessions() -> list[tuple[str, Any]]:
    return [("", _("Nobody's")), *((name, name) for name in sessions.accounts())]


class ScrapeForm(forms.Form):
    """What to scrape of some hashtags, how much of it, and with whose session."""

    section = forms.ChoiceField(
        choices=ScrapeRun.Section.choices, label=_("Which posts"), widget=UnfoldAdminSelectWidget()
    )
    limit = forms.IntegerField(
        min_value=1,
        max_value=runs.MOST_POSTS,
        initial=200,
        label=_("Posts of each hashtag, at most"),
        widget=UnfoldAdminIntegerFieldWidget(),
    )
    account = forms.ChoiceField(
        choices=_sessions,
        required=False,
        label=_("Account"),
        help_text=_("Whose session; manage.py import_session brings one in."),
        widget=UnfoldAdminSelectWidget(),
    )
