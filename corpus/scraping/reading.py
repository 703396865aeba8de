"""Reads the posts of one scrape run, until its limit, its end, a wish of somebody, or a trouble."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import instaloader
import requests
from instaloader import NodeIterator
from instaloader.exceptions import AbortDownloadException, InstaloaderException

from corpus.models import Post, ScrapeRun
from corpus.raw import Raw, RawPost, Unreadable
from corpus.scraping import client, pictures, posts, troubles

MOST_UNREADABLE = 5  # posts in a row; then it is not the posts
MOST_OUTAGES = 3  # pictures in a row that their server did not give
FORMAT_ERRORS = (LookupError, TypeError, ValueError, AttributeError, AssertionError, RecursionError)


@dataclass(slots=True)
class Reading:
    """One run's way through the posts of its hashtag. `stopped` says why it ended before its time, if it did."""

    run: ScrapeRun
    folder: Path  # for the pictures
    log: Callable[[str], None]
    position: int = 0  # of the last post that was handed on
    batch: dict[str, int] = field(default_factory=dict)  # positions of the posts since `clear`, by shortcode
    stopped: troubles.Stop | None = None
    _posts: Iterator[instaloader.Post] | None = None
    _pictures: requests.Session | None = None
    _unreadable: int = 0
    _outages: int = 0

    def raws(self) -> Iterator[Raw]:
        """Yield post after post. Never raises what stops it: the posts so far are to be stored."""
        came = self.run.position
        try:
            self._heed_wishes()
            with _asking():
                context = client.connect(self.run.account, self.log)
                self._posts = self._open(context)
            self._pictures = context.get_anonymous_session()
            while self.position < self.run.limit:
                self._heed_wishes()
                with _asking():
                    post = next(self._posts, None)
                if post is None:
                    return
                context.queries = 0
                raw = self._raw(post)
                self.position += 1
                yield raw
        except troubles.Pacing as pacing:
            circling = self.run.section == ScrapeRun.Section.TOP and 0 < self.position <= came
            self.stopped = troubles.Circling(pause=pacing.pause(0)) if circling else pacing
        except troubles.Stop as stop:
            self.stopped = stop

    def frozen(self) -> dict[str, Any] | None:
        """Return where the reading stands, as far as it can be taken up again."""
        return posts.freeze(self._posts) if isinstance(self._posts, NodeIterator) else None

    def clear(self) -> None:
        """Forget the posts so far, and delete their pictures."""
        self.batch.clear()
        for file in self.folder.iterdir():
            file.unlink()

    def _heed_wishes(self) -> None:
        """Prolong the lease and see what became of the run meanwhile."""
        if not self.run.write():
            raise troubles.TakenOver
        if self.run.wish == ScrapeRun.Wish.PAUSE:
            raise troubles.Paused
        if self.run.wish == ScrapeRun.Wish.CANCEL:
            raise troubles.Cancelled

    def _open(self, context: client.Context) -> Iterator[instaloader.Post]:
        """Return the posts from where the run stands; top posts are read anew each time."""
        if self.run.section == ScrapeRun.Section.TOP:
            return posts.top(context, self.run.tag)
        if self.run.frozen:
            thawed = posts.thaw(context, self.run.frozen, self.run.position)
            if thawed is not None:
                self.position = self.run.position
                self.log(f"It goes on behind post {self.position}.")
                return thawed
            self.log("Where it stood is too old or of another account, so it starts anew.")
            self.run.write(position=0, frozen=None)
        return posts.recent(context, self.run.tag)

    def _raw(self, post: instaloader.Post) -> Raw:
        """Return a post as the import takes it, with its picture if the corpus does not have it yet."""
        place = f"post {self.position + 1}"
        try:
            parsed = posts.parse(post)
        except posts.PostError as error:
            self._unreadable += 1
            if self._unreadable == MOST_UNREADABLE:
                raise troubles.ChangedFormat(str(error)) from error
            return Unreadable(place, str(error))
        self._unreadable = 0
        self.batch.setdefault(parsed.shortcode, self.position + 1)
        known = Post.objects.filter(source=self.run.source_id, external_id=parsed.shortcode).exists()
        image = None if known or not parsed.tags else self._picture(parsed)
        return RawPost(place, parsed.shortcode, parsed.tags, image, None, parsed.caption, parsed.taken)

    def _picture(self, parsed: posts.Parsed) -> Path:
        """Return the file of a post's picture. It is missing where the picture did not come."""
        assert self._pictures is not None
        file = self.folder / f"{parsed.shortcode}.picture"
        try:
            pictures.download(self._pictures, parsed.picture, file)
            self._outages = 0
        except pictures.PictureError as error:
            file.unlink(missing_ok=True)
            self.log(f"The picture of {parsed.shortcode} is missing: {error}.")
            self._outages = self._outages + 1 if error.is_outage else 0
            if self._outages == MOST_OUTAGES:
                raise troubles.Unreachable("picture after picture did not come") from error
        except OSError as error:
            raise troubles.NotStored(error.strerror or type(error).__name__) from error
        return file


@contextmanager
def _asking() -> Iterator[None]:
    """Turn whatever comes out of Instaloader when Instagram answers otherwise than expected into a trouble."""
    try:
        yield
    except (InstaloaderException, AbortDownloadException, requests.RequestException, *FORMAT_ERRORS) as error:
        raise troubles.in_error(error) from error
