"""The predictor: uploads, suggestions, and the trained versions that make them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from tag4pic_site.admin_words import translate_names


class PredictorConfig(AppConfig):
    name = "predictor"
    verbose_name = _("Predictor")

    def ready(self) -> None:
        from predictor import multipart

        multipart.install()
        translate_names(self.get_models())
