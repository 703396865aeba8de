"""What people write together: a model of hashtag lists alone, learned from HARRISON's, that adds social hashtags."""

from collections.abc import Sequence

import numpy as np

from predictor.ml import als_algebra as algebra
from predictor.ml import tables
from predictor.ml.contract import Matrix, TaggedPost
from predictor.ml.neighbours import top

FACTORS, REGULARISATION, ALPHA, ITERATIONS = 64, 1.0, 20.0, 15
RARITY = 0.2  # how far a hashtag's frequency is divided out; 0 answers #love to everything, 1 the rarest
LEAST_SCORE = 0.1
MOST_SOCIAL = 2
ADDED = 0.6  # share of the social hashtags that are added, so that they rank below what is surely on a photo
SEED = 1


class TagModel:
    """Implicit ALS over hashtag lists: from some hashtags of a post to the others that people would add."""

    def __init__(self, lists: Sequence[tuple[str, ...]]) -> None:
        posts = [TaggedPost(number, tags) for number, tags in enumerate(lists)]
        self.tags = tables.vocabulary(posts)
        self.prior = tables.priors(posts, self.tags)
        start = np.random.default_rng(SEED).normal(0, 0.01, (len(self.tags), FACTORS)).astype(np.float32)
        table = tables.tag_table(posts, self.tags)
        self._items = algebra.factorise(table, start, ITERATIONS, REGULARISATION, ALPHA, SEED)

    def scores(self, lists: Sequence[tuple[str, ...]]) -> Matrix:
        """Return how well each hashtag goes with each list, [lists, tags]; about 1 for those on it."""
        table = tables.tag_table([TaggedPost(number, tags) for number, tags in enumerate(lists)], self.tags)
        return algebra.photo_factors(table, self._items, REGULARISATION, ALPHA) @ self._items.T

    def with_social(self, lists: Sequence[tuple[str, ...]], social: Sequence[str]) -> list[tuple[str, ...]]:
        """Return the lists with up to two social hashtags each that people write with what is on them."""
        places = np.array([self.tags.index(tag) for tag in social if tag in self.tags])
        scores = self.scores(lists)[:, places]
        ranked = scores / self.prior[places] ** RARITY
        random = np.random.default_rng(SEED)
        found = []
        for tags, own, order in zip(lists, scores, ranked, strict=True):
            best = [place for place in top(order, MOST_SOCIAL + len(tags)) if own[place] >= LEAST_SCORE]
            added = [tag for place in best if (tag := self.tags[places[place]]) not in tags]
            kept = [tag for tag in added[:MOST_SOCIAL] if random.random() < ADDED]
            found.append(tags + tuple(kept) if tags else ())
        return found

    def sample(self, count: int) -> list[tuple[str, ...]]:
        """Draw lists of 3 to 6 hashtags: one by its frequency, each further one by how well it goes with them."""
        random = np.random.default_rng(SEED)
        lists: list[tuple[str, ...]] = [
            (str(tag),) for tag in random.choice(self.tags, count, p=self.prior / self.prior.sum())
        ]
        for length in range(1, 6):
            scores = np.maximum(self.scores(lists) - LEAST_SCORE / 2, 0)
            for number, tags in enumerate(lists):
                likely = scores[number] * [tag not in tags for tag in self.tags]
                if likely.sum() > 0 and (length < 3 or random.random() < 0.5):
                    lists[number] = (*tags, str(random.choice(self.tags, p=likely / likely.sum())))
        return lists
