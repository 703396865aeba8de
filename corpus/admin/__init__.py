"""Admin pages of the corpus, one module for each subject."""

from corpus.admin import changes, hashtags, imports, logins, people, popular, posts, scrapes, sources

__all__ = ["changes", "hashtags", "imports", "logins", "people", "popular", "posts", "scrapes", "sources"]
