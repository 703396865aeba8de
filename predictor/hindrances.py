"""What keeps a version from serving: the gate, damage, deletion, and contributions that were withdrawn."""

from predictor.models import Contribution, ModelVersion

State = ModelVersion.State


def hindrance(version: ModelVersion) -> str:
    """Say why a version may not serve, in a sentence; nothing where it may."""
    if version.state == State.REJECTED:
        return f"{version} was rejected by the gate. {version.reason}"
    if version.state == State.BROKEN:
        return f"{version} is damaged. {version.reason}"
    if version.state == State.PRUNED:
        return f"The files of {version} were deleted, as only the newest versions are kept."
    if learned_from_withdrawn(version):
        return f"{version} may have learned from a contribution that was withdrawn since."
    return ""


def learned_from_withdrawn(version: ModelVersion) -> bool:
    """Whether a contribution was withdrawn that a version may have learned from.

    Told by the numbers of posts, which only grow, since a clock can go wrong: every version keeps those that were
    withdrawn before it learned.
    """
    return bool(set(withdrawn(version.watermark)) - set(version.parameters.get("withdrawn", [])))


def withdrawn(watermark: int) -> list[int]:
    """Return the numbers of posts, up to a watermark, whose contributions are withdrawn now."""
    gone = Contribution.objects.gone().filter(post_number__lte=watermark)
    return sorted(number for number in gone.values_list("post_number", flat=True) if number is not None)
