"""The corpus: posts, their hashtags, and where they came from."""

from django.apps import AppConfig


class CorpusConfig(AppConfig):
    name = "corpus"
    verbose_name = "Corpus"
