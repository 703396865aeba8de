"""What the composer asks the site for: hashtags that go with those chosen, others for the place of one, own words."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from django.utils.translation import gettext as _

from corpus import hashtags
from corpus.models import Hashtag
from predictor import five
from predictor.answers import BLEND, answer_to
from predictor.contributions import contributed_tags
from predictor.five import Pick
from predictor.learning import vocabulary
from predictor.models import Upload
from predictor.page_settings import PageSettings
from predictor.presenting import standing_of

RELATED, ALTERNATIVES = 6, 6  # hashtags that are offered
LOOKED_AT = 60  # related hashtags whose status is looked up
TAGS_MOST = contributed_tags.MOST  # hashtags that may be asked about at once
SHOWN = 40  # characters of a word that a sentence repeats


def related(upload: Upload, chosen: Collection[str], muted: Collection[str]) -> list[Pick]:
    """Return hashtags that go with the chosen ones: they stand together on posts, or are used alike.

    A hashtag counts the sum of its cosines to the chosen ones in the geometries of all versions that answered: that of
    `als` knows company, that of `w2v` context.
    """
    sums: dict[str, float] = defaultdict(float)
    nearest: dict[str, tuple[float, str]] = {}
    for known in vocabulary.recall([version.pk for version in answer_to(upload).versions.values()], chosen).kin:
        for tag, neighbours in known.items():
            for near, cosine in neighbours:
                sums[near] += cosine
                nearest[near] = max(nearest.get(near, (0.0, "")), (cosine, tag))
    ranked = sorted(sums, key=lambda tag: (-sums[tag], tag))
    left = [tag for tag in ranked if tag not in chosen and tag not in muted][:LOOKED_AT]
    standing = five.look_up({*left, *chosen}, [])
    return [
        Pick(tag, standing.displays[tag], 0.0, _("Goes with #%(tag)s.") % {"tag": standing.displays[nearest[tag][1]]})
        for tag in left
        if standing.may_be_posted(tag)
    ][:RELATED]


def alternatives(upload: Upload, tag: str, chosen: Collection[str], wished: PageSettings) -> list[Pick]:
    """Return hashtags for the place of one: those that say nearly the same, then the likeliest that are left."""
    answer = answer_to(upload)
    standing = standing_of(answer)
    ranking = answer.columns(wished.specific, {*wished.muted, *chosen, tag})[BLEND]
    left = [item for item in ranking if standing.may_be_posted(item.tag)]
    alike = [item for item in left if standing.kinship.sameness(item.tag, tag) > 0]
    others = [item for item in left if item not in alike]
    return [
        Pick(item.tag, standing.displays[item.tag], item.score, five.likely(item.tag, item.score))
        for item in [*alike[: ALTERNATIVES // 2], *others][:ALTERNATIVES]
    ]


def own(text: str) -> tuple[list[Pick], str]:
    """Return the hashtags that a person types, and what is wrong with the text, in sentences; empty if nothing is."""
    found, problems = _read(contributed_tags.words(text)[:TAGS_MOST])
    standing = five.look_up(found, [])
    displays = {key: standing.displays[key] if key in standing.statuses else written for key, written in found.items()}
    return [Pick(key, displays[key], 0.0, _said(standing.statuses.get(key, ""))) for key in found], " ".join(problems)


def keys(texts: Iterable[str]) -> list[str]:
    """Return the keys of the hashtags that a request names, each once; what is none is passed over."""
    tags, _refused = hashtags.parse_list(list(texts)[:TAGS_MOST])
    return [tag.key for tag in tags]


def _read(words: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    found: dict[str, str] = {}
    problems: list[str] = []
    for word in words:
        try:
            tag = hashtags.parse(word)
            found.setdefault(tag.key, tag.display)
        except hashtags.HashtagRefused as refused:
            problems.append(f"{word[:SHOWN]}: {refused.sentence(_)}")
    return found, problems


def _said(status: str) -> str:
    """What is said of an own hashtag: nobody is kept from it, but they should know."""
    match status:
        case Hashtag.Status.BANNED:
            return _("Added by you. Reported as banned: posts with it may be hidden from others.")
        case Hashtag.Status.RESTRICTED:
            return _("Added by you. Reported as restricted: posts with it may be found less.")
        case Hashtag.Status.SPAM:
            return _("Added by you. Mostly used by those who send spam.")
        case _:
            return _("Added by you.")
