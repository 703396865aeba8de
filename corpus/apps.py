"""The corpus: posts, their hashtags, and where they came from."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from tag4pic_site.admin_words import translate_names


class CorpusConfig(AppConfig):
    name = "corpus"
    verbose_name = _("Corpus")

    def ready(self) -> None:
        from corpus.permissions import make_groups  # reads models, which are there only now

        translate_names(self.get_models())
        post_migrate.connect(make_groups, dispatch_uid="corpus.permissions")
