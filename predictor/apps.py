"""The predictor: uploads, suggestions, and the trained versions that make them."""

from django.apps import AppConfig


class PredictorConfig(AppConfig):
    name = "predictor"
    verbose_name = "Predictor"

    def ready(self) -> None:
        from predictor import multipart

        multipart.install()
