"""Vectors of hashtags from the company they keep: gensim's skip-gram over the posts' hashtag lists."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from predictor.ml.arrays import half
from predictor.ml.contract import Matrix, Progress, Vector

WINDOW = 3
MOST_EPOCHS, FEWEST_EPOCHS = 100, 3
WORDS_A_FIT = 10_000_000  # hashtags read in a full fit: 100 epochs up to 100,000 of them, fewer epochs beyond
WORDS_AN_UPDATE = 1_250_000


@dataclass(frozen=True, slots=True)
class HashtagVectors:
    """A skip-gram model's two vectors for each hashtag; rows in the order of `tags`."""

    tags: Sequence[str]
    inputs: Matrix  # [tags, size]
    outputs: Matrix  # [tags, size]


def learn(
    lists: Sequence[Sequence[str]],
    tags: Sequence[str],
    size: int,
    seed: int,
    start: HashtagVectors | None,
    progress: Progress,
) -> HashtagVectors:
    """Train skip-gram with negative sampling on lists that hold no other hashtags than `tags`.

    With `start`, known hashtags go on from their vectors and new ones from the mean of those they occur with. No
    frequent hashtag is thrown away (`sample=0`), and one thread keeps the result the same for the same seed.
    Source: Mikolov et al., "Distributed Representations of Words and Phrases and their Compositionality", 2013.
    """
    from gensim.models import Word2Vec

    lists = [list(dict.fromkeys(words)) for words in lists if words]
    model = Word2Vec(vector_size=size, window=WINDOW, sg=1, sample=0, min_count=1, seed=seed, workers=1)
    model.build_vocab(lists)
    place = model.wv.key_to_index
    if start is not None:
        _copy_known(start, lists, place, model.wv.vectors, model.syn1neg)
    budget = WORDS_A_FIT if start is None else WORDS_AN_UPDATE
    words = sum(len(words) for words in lists)
    epochs = max(FEWEST_EPOCHS, min(MOST_EPOCHS, budget // max(words, 1)))
    progress("learning hashtag vectors", 0.0)
    model.train(lists, total_examples=len(lists), epochs=epochs)
    rows = [place[tag] for tag in tags]
    return HashtagVectors(list(tags), half(model.wv.vectors[rows]), half(model.syn1neg[rows]))


def _copy_known(
    start: HashtagVectors,
    lists: Sequence[Sequence[str]],
    place: Mapping[str, int],
    inputs: Matrix,
    outputs: Matrix,
) -> None:
    for tag, vector, output in zip(start.tags, start.inputs, start.outputs, strict=True):
        if tag in place:
            inputs[place[tag]], outputs[place[tag]] = vector, output
    for tag, mean in means_of_company(lists, dict(zip(start.tags, start.inputs, strict=True))).items():
        inputs[place[tag]] = mean


def means_of_company(lists: Sequence[Sequence[str]], known: Mapping[str, Vector]) -> dict[str, Vector]:
    """For each hashtag that is not known, the mean vector of the known ones it occurs with; left out without any."""
    company: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for words in lists:
        friends = [tag for tag in words if tag in known]
        for tag in words:
            if tag not in known:
                company[tag].update(friends)
    return {
        tag: np.average([known[friend] for friend in friends], axis=0, weights=list(friends.values()))
        for tag, friends in company.items()
        if friends
    }
