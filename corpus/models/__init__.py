"""Tables of the corpus: sources, hashtags, posts with their taggings, imports and scrapes, and bulk changes."""

from corpus.models.changes import BulkChange
from corpus.models.hashtags import Hashtag, PopularHashtag
from corpus.models.posts import Post, Tagging
from corpus.models.scrapes import ScrapeRun, Sighting
from corpus.models.sources import ImportRun, Source

__all__ = ["BulkChange", "Hashtag", "ImportRun", "PopularHashtag", "Post", "ScrapeRun", "Sighting", "Source", "Tagging"]
