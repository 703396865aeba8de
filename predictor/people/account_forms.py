"""Forms of accounts: Django's own, in the words of this site."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm, UserCreationForm, UsernameField
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

TAKEN = _("This name is taken. Please choose another.")


class JoinForm(UserCreationForm[User]):
    """A name and a password; no address for mail is asked for."""

    LONGEST = 60  # characters of a name

    username = UsernameField(
        label=_("Name"),
        max_length=LONGEST,
        help_text=_("Letters, digits and @ . + - _ only. Nobody else gets to see it."),
        validators=[User.username_validator],
        error_messages={"invalid": _("A name holds letters, digits and @ . + - _ only.")},
    )

    def clean_username(self) -> str:
        name: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=name).exists():
            raise forms.ValidationError(TAKEN)
        return name


class LogInForm(AuthenticationForm):
    """A name and a password. Which of the two is wrong is not said."""

    username = UsernameField(label=_("Name"), max_length=150, widget=forms.TextInput({"autofocus": True}))
    error_messages = {
        "invalid_login": _("There is no account with this name and password. Mind capital letters, and try again."),
        "inactive": _("There is no account with this name and password. Mind capital letters, and try again."),
    }
