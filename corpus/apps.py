"""The corpus: posts, their hashtags, and where they came from."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CorpusConfig(AppConfig):
    name = "corpus"
    verbose_name = "Corpus"

    def ready(self) -> None:
        from corpus.permissions import make_groups  # reads models, which are there only now

        post_migrate.connect(make_groups, dispatch_uid="corpus.permissions")
