"""Contributions: what a person says of their photo becomes a post of the corpus, once somebody may say so.

Page, admin, API and bot call `contribute`, `approve`, `reject` and `withdraw`, and write no contribution by themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from corpus.decoder import Decoder
from corpus.hash_index import HashIndex
from corpus.models import Post, Source
from corpus.permissions import is_trusted
from predictor.contributions import contributed_photos, contributed_tags, contributed_words, receipts
from predictor.contributions.contributed_tags import ContributionError
from predictor.models import Contribution, Judgement, Upload

__all__ = ["ContributionError", "approve", "approve_all", "contribute", "correct", "reject", "withdraw"]

WAITING_MOST = 200  # contributions of one giver that may wait at once
DECIDED = gettext_lazy("This contribution has been decided on or withdrawn meanwhile.")
GONE = gettext_lazy("The photo is not here any more. Please send it again.")
ALREADY = gettext_lazy("You have said already what belongs to this photo. Withdraw that first to say something else.")
WAITS = gettext_lazy("It waits for a moderator.")
NEW_WORDS = gettext_lazy("All of its hashtags are new here: it waits for a moderator, or for two others who use them.")


def contribute(
    upload: Upload,
    person: User | None,
    kept: Iterable[str],
    dropped: Iterable[str],
    added: Iterable[str],
    may_be_shown: bool,
) -> Contribution:
    """Store what a person says of their upload. Staff and trusted people pass at once, others wait for a moderator.

    Raises ContributionError with a sentence for the person, and OSError where the disk is full.
    """
    if upload.owner_id is not None and (person is None or person.pk != upload.owner_id):
        raise ContributionError(_("This is somebody else's photo."))
    if upload.state != Upload.State.DONE or not upload.display or not upload.display_path.is_file():
        raise ContributionError(str(GONE))
    rankings = receipts.rankings(upload)
    opinion = contributed_tags.read({tag for ranking in rankings.values() for tag in ranking}, kept, dropped, added)
    contribution = Contribution(
        owner=person,
        owner_token=upload.owner_token,
        upload=upload,
        kept=opinion.kept,
        dropped=opinion.dropped,
        added=opinion.added,
        may_be_shown=may_be_shown,
        answered_by=upload.answered_by,
        acceptance=receipts.acceptance(rankings, kept=opinion.kept, dropped=opinion.dropped),
        unseen=receipts.unseen(rankings, opinion.added),
        message=" ".join(filter(None, [opinion.note, str(WAITS)])),
    )
    _check_flood(contribution)
    _store(contribution, upload)
    return _pass(contribution) if is_trusted(person) else contribution


def approve(contribution: Contribution, by: User | None) -> Contribution:
    """Take a contribution into the corpus; `by` is the moderator, or None where its giver is trusted.

    A moderator's approval lets new words into the vocabulary, also those that a contribution of a trusted person still
    holds. Without one they are held back. Raises ContributionError, also where the disk is full.
    """
    approved, refused = approve_all([contribution], by)
    if refused:
        raise ContributionError(refused[0])
    return approved[0]


def approve_all(contributions: Iterable[Contribution], by: User | None) -> tuple[list[Contribution], list[str]]:
    """Approve many, each on its own; return those that passed, and why the others did not."""
    passed, refused, index = list[Contribution](), list[str](), HashIndex()
    with Decoder() as decoder:
        for contribution in contributions:
            try:
                passed.append(_approve(contribution, by, decoder, index))
            except ContributionError as error:
                refused.append(str(error))
        for freed in contributed_words.freed():
            with suppress(ContributionError):  # it waits for a moderator, as before
                _approve(freed, None, decoder, index)
    return passed, refused


def correct(contribution: Contribution, tags: Iterable[str]) -> Contribution:
    """Give a waiting contribution other hashtags, for its moderator. Raises ContributionError."""
    with transaction.atomic():
        row = _locked(contribution, [Contribution.State.WAITING])
        opinion = contributed_tags.read(row.kept, tags, [], [])
        row.kept, row.added = opinion.kept, opinion.added
        row.save(update_fields=["kept", "added"])
    return row


def reject(contribution: Contribution, by: User, why: str) -> Contribution:
    """Turn a contribution down; one that was approved leaves the corpus. Raises ContributionError."""
    return _close(contribution, Contribution.State.REJECTED, why, decided_by=by, decided=timezone.now())


def withdraw(contribution: Contribution) -> Contribution:
    """Take a contribution back for its giver: its post leaves the corpus, and the models with their next run.

    `receipts.receipt` says what went, and which versions had learned from it. Raises ContributionError.
    """
    return _close(contribution, Contribution.State.WITHDRAWN, "", withdrawn=timezone.now())


def _check_flood(contribution: Contribution) -> None:
    mine = {"owner": contribution.owner} if contribution.owner else {"owner_token": contribution.owner_token}
    if Contribution.objects.waiting().filter(**mine).count() >= WAITING_MOST:
        sentence = _("%(n)d of your contributions wait already. Please let them be looked at first.")
        raise ContributionError(sentence % {"n": WAITING_MOST})


def _store(contribution: Contribution, upload: Upload) -> None:
    """Write the row with its own copy of the photo, or neither. Raises ContributionError and OSError."""
    contribution.image = f"contributions/{contribution.pk.hex[:2]}/{contribution.pk}.jpg"
    try:
        contributed_photos.copy(upload.display_path, contribution.image_path)
        with transaction.atomic():
            if not Upload.objects.select_for_update().filter(pk=upload.pk):
                raise ContributionError(str(GONE))
            contribution.save(force_insert=True)
            Judgement.objects.filter(upload=upload).delete()  # the contribution says the same, and counts once
    except BaseException as error:
        contribution.image_path.unlink(missing_ok=True)
        if isinstance(error, FileNotFoundError):
            raise ContributionError(str(GONE)) from error
        if isinstance(error, IntegrityError):
            raise ContributionError(str(ALREADY)) from error
        raise


def _pass(contribution: Contribution) -> Contribution:
    """Approve what a trusted person has just sent; what stands in the way leaves it to a moderator."""
    with suppress(ContributionError):
        return approve(contribution, None)
    contribution.refresh_from_db()
    return contribution


def _approve(contribution: Contribution, by: User | None, decoder: Decoder, index: HashIndex) -> Contribution:
    if by and contribution.state == Contribution.State.APPROVED and contribution.held:
        return _let_words_in(contribution)
    if contribution.state != Contribution.State.WAITING:
        raise ContributionError(str(DECIDED))
    picture = contributed_photos.read(contribution, decoder)
    with transaction.atomic():
        Source.objects.lock()  # before any contribution, as everywhere, so that no two wait for each other
        row = _locked(contribution, [Contribution.State.WAITING])
        if by is None and not is_trusted(row.owner):
            raise ContributionError(str(WAITS))
        bad = contributed_tags.unusable(row.tags)
        tags = [tag for tag in row.tags if tag not in bad]
        row.held = [] if by else contributed_tags.unknown([tag for tag in tags if tag in row.added])
        entered = tags if by else contributed_words.endorsed(row)
        row.held = [tag for tag in row.held if tag not in entered]
        usable = [tag for tag in tags if tag not in row.held]
        if usable:
            row.post = contributed_photos.store(row, usable, picture, index)
            row.post_number, row.state = row.post.pk, Contribution.State.APPROVED
            row.decided, row.decided_by, row.message = timezone.now(), by, _fate(row, row.post, bad)
            contributed_words.enter(entered)
        elif row.held:
            row.message = str(NEW_WORDS)
        row.save()
    if not usable:
        raise ContributionError(row.message if row.held else _("None of its hashtags may be used; give it others."))
    return row


def _let_words_in(contribution: Contribution) -> Contribution:
    with transaction.atomic():
        Source.objects.lock()
        row = _locked(contribution, [Contribution.State.APPROVED])
        contributed_words.enter(row.held)
    row.refresh_from_db()
    return row


def _fate(row: Contribution, post: Post, bad: Collection[str]) -> str:
    """Say what became of a contribution that was just approved."""
    parts = [_("It is part of the corpus; the models learn from it with their next run.")]
    if post.duplicate_of_id:
        sentence = _("The corpus has this photo already (post %(id)d): it is stored, and not learned from.")
        parts = [sentence % {"id": post.duplicate_of_id}]
    if row.held:
        sentence = _("New here, and kept back until a moderator or three trusted people want them: %(tags)s.")
        parts.append(sentence % {"tags": contributed_tags.signs(row.held)})
    if bad:
        parts.append(_("Left out, since they are not taken here: %(tags)s.") % {"tags": contributed_tags.signs(bad)})
    return " ".join(parts)


def _close(contribution: Contribution, state: str, message: str, **fields: object) -> Contribution:
    """End an open contribution: its post, its photo and all copies of it go."""
    with transaction.atomic():
        Source.objects.lock()  # no twin of its post comes meanwhile
        row = _locked(contribution, Contribution.OPEN)
        image, post = row.image_path if row.image else None, row.post
        row.state, row.message, row.image, row.held, row.post = state, message, "", [], None
        for name, value in fields.items():
            setattr(row, name, value)
        row.save()
        if post is not None:
            Post.objects.filter(pk=post.pk).delete()
    if image is not None:
        contributed_photos.discard(image, post)
    return row


def _locked(contribution: Contribution, states: Iterable[str]) -> Contribution:
    """Return the row as it is now, for this transaction alone. Raises ContributionError where its state is another."""
    rows: QuerySet[Contribution] = Contribution.objects.select_for_update(of=("self",)).select_related("owner")
    row = rows.filter(pk=contribution.pk, state__in=list(states)).first()
    if row is None:
        raise ContributionError(str(DECIDED))
    return row
