"""What keeps a version from serving: the gate, damage, deletion, and contributions that were withdrawn."""

from predictor.models import Contribution, ModelVersion

State = ModelVersion.State


def hindrance(version: ModelVersion) -> str:
    """Say why a version may not serve, in a sentence; nothing where it may."""
    if version.state == State.REJECTED:
        return f"{version} was rejected by the gate. {version.reason}"
    if version.state == State.BROKEN:
        return f"{version} is damaged. {version.reason}"
    if withdrawn_since(version):
        return f"{version} may have learned from a contribution that was withdrawn since."
    if version.state == State.PRUNED:
        return f"The files of {version} were deleted, as only the newest versions are kept."
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
