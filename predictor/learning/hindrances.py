"""What keeps a version from serving: the gate, damage, deletion, and contributions that were withdrawn."""

from django.utils.translation import gettext as _

from predictor.models import Contribution, ModelVersion

State = ModelVersion.State


def hindrance(version: ModelVersion) -> str:
    """Say why a version may not serve, in a sentence; nothing where it may."""
    if version.state == State.REJECTED:
        return _("%(version)s was rejected by the gate. %(reason)s") % {"version": version, "reason": version.reason}
    if version.state == State.BROKEN:
        return _("%(version)s is damaged. %(reason)s") % {"version": version, "reason": version.reason}
    if withdrawn_since(version):
        return _("%(version)s may have learned from a contribution that was withdrawn since.") % {"version": version}
    if version.state == State.PRUNED:
        return _("The files of %(version)s were deleted, as only the newest versions are kept.") % {"version": version}
    return ""


def withdrawn_since(version: ModelVersion) -> set[int]:
    """Return the numbers of withdrawn posts that a version may have learned from.

    Told by the numbers of posts, which only grow, since a clock can go wrong: every version keeps those that were
    withdrawn before it learned.
    """
    return set(withdrawn(version.watermark)) - set(version.parameters.get("withdrawn", []))


def brings_back(version: ModelVersion, serving: ModelVersion | None) -> bool:
    """Whether with a version something that was withdrawn would serve that does not serve now."""
    return bool(withdrawn_since(version) - (withdrawn_since(serving) if serving else set()))


def withdrawn(watermark: int) -> list[int]:
    """Return the numbers of posts, up to a watermark, whose contributions are withdrawn now. Those that no training had
    taken up, as duplicates, are in no version.
    """
    gone = Contribution.objects.gone().filter(post_number__lte=watermark, admitted__isnull=False)
    return sorted(number for number in gone.values_list("post_number", flat=True) if number is not None)
