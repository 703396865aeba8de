"""What may not be imported: no model library in the web process, no learning library in the predict worker."""

import subprocess
import sys

import pytest
from django.conf import settings

WEB = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "tag4pic_site.settings"
from tag4pic_site.wsgi import application
from django.test import Client
from django.urls import get_resolver
get_resolver().url_patterns
"""
WORKER = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "tag4pic_site.settings"
import django
django.setup()
from predictor import jobs, worker
from predictor.ml import kinds
[kind.model_class() for kind in kinds.KINDS]
jobs.engine()
import onnxruntime
"""


@pytest.mark.parametrize(
    ("code", "forbidden"),
    [(WEB, {"torch", "gensim", "implicit", "onnxruntime"}), (WORKER, {"torch", "gensim", "implicit"})],
    ids=["web", "worker"],
)
def test_it_works(code: str, forbidden: set[str]) -> None:
    command = [sys.executable, "-c", f"{code}\nimport sys; print(' '.join(sys.modules))"]
    done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True)
    imported = set(done.stdout.split())
    assert "predictor.inference" in imported or "predictor.views" in imported
    assert not imported & forbidden
