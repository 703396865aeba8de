"""Admin pages of the corpus, one module for each subject."""

from corpus.admin import changes, hashtags, imports, people, popular, posts, scrapes, sources

__all__ = ["changes", "hashtags", "imports", "people", "popular", "posts", "scrapes", "sources"]
