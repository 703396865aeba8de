"""The way out: everything that is kept of a person goes, and at the end the account."""

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext as _

from predictor import receiving
from predictor.contributions import contributing, receipts
from predictor.contributions.contributing import ContributionError
from predictor.contributions.receipts import Receipt
from predictor.models import Contribution, Upload, Vote, owned_tables
from predictor.people.visitors import Visitor


class DeletingError(Exception):
    """An account that cannot go; the text is a sentence for a person."""


def may_go(user: User | None) -> bool:
    """Whether somebody else could still run the site without this account."""
    others = User.objects.filter(is_superuser=True, is_staff=True, is_active=True)
    return user is None or not user.is_superuser or others.exclude(pk=user.pk).exists()


def delete_everything(visitor: Visitor) -> list[Receipt]:
    """Delete all that is kept of a visitor, and the account; return the receipts of what the models had been given.

    Votes stay without a name. What breaks off in between is finished by doing it again. Raises DeletingError.
    """
    if not may_go(visitor.user):
        raise DeletingError(_("This is the only account that can run the site. Please make another superuser first."))
    if visitor.user is not None:
        _shut_out(visitor.user)  # else a program or another tab sends something meanwhile
    given = _withdraw(visitor)
    while uploads := list(Upload.objects.of(visitor)[:100]):
        for upload in uploads:
            receiving.discard(upload)
    Vote.objects.of(visitor).update(owner=None, owner_token="")
    for table in owned_tables():
        if table not in (Contribution, Upload):  # a photo goes with its files only
            table._default_manager.filter(visitor.owns()).delete()
    if visitor.user is not None:
        _delete_account(visitor.user)
    return given


def _withdraw(visitor: Visitor) -> list[Receipt]:
    """Take back all contributions; of those that were posts a number stays, by which their versions are known."""
    found: list[Receipt] = []
    for row in Contribution.objects.of(visitor).open():
        try:
            found.append(receipts.receipt(contributing.withdraw(row)))
        except ContributionError:  # a moderator has just rejected it
            continue
    rows = Contribution.objects.of(visitor)
    ids = [str(id) for id in rows.values_list("pk", flat=True)]
    told = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(Contribution), object_id__in=ids)
    told.update(object_repr="", change_message="")  # who decided and when stays, the hashtags do not
    rows.filter(post_number=None).delete()
    rows.update(owner=None, owner_token="", kept=[], dropped=[], added=[], held=[], unseen=None, message="")
    return found


def _shut_out(user: User) -> None:
    """End the tokens and sessions of an account."""
    user.api_tokens.all().delete()
    for session in Session.objects.iterator():
        if session.get_decoded().get(SESSION_KEY) == str(user.pk):
            session.delete()


def _delete_account(user: User) -> None:
    """Delete an account. Who decided on anything stays as a nameless one, since the history does."""
    for upload in Upload.objects.filter(owner=user):  # of a request that was on its way
        receiving.discard(upload)
    for table in (AccessAttempt, AccessFailureLog, AccessLog):
        table.objects.filter(username=user.username).delete()
    about = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk))
    with transaction.atomic():
        about.update(object_repr=f"user {user.pk}")
        if LogEntry.objects.filter(user=user).exists():
            _make_nameless(user)
        else:
            user.delete()


def _make_nameless(user: User) -> None:
    user.username, user.first_name, user.last_name, user.email = f"deleted-{user.pk}", "", "", ""
    user.is_active = user.is_staff = user.is_superuser = False
    user.last_login = None
    user.set_unusable_password()
    user.save()
    user.groups.clear()
    user.user_permissions.clear()
