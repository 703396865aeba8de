"""What may not be imported: no model library in the web process, no learning library in the predict worker."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

WEB = """
from tag4pic_site.wsgi import application
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("collectstatic", verbosity=0, interactive=False)
from django.test import Client
client = Client()
assert client.get("/", headers={"host": "localhost"}).status_code == 200
from django.core.files.uploadedfile import SimpleUploadedFile
photo = SimpleUploadedFile("cat.jpg", open(os.environ["PHOTO"], "rb").read(), "image/jpeg")
answer = client.post("/", {"photo": photo}, headers={"host": "localhost"})
assert answer.status_code == 302, answer
for address in (answer.url, answer.url + "state/", "/admin/login/"):
    assert client.get(address, headers={"host": "localhost"}).status_code == 200
"""
WORKER = """
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
    [
        (WEB, {"torch", "gensim", "implicit", "onnxruntime", "matplotlib", "optuna"}),
        (WORKER, {"torch", "gensim", "implicit", "matplotlib", "optuna"}),
    ],
    ids=["web", "worker"],
)
def test_it_works(code: str, forbidden: set[str], tmp_path: Path, photo_file: Path) -> None:
    """Let a fresh process do what such a process does, and look at what it has imported by then."""
    start = "import os, sys, json\nfrom tag4pic_site import home\nhome.prepare()\n"
    command = [sys.executable, "-c", f"{start}{code}\nprint(json.dumps(list(sys.modules)))"]
    environment = {**os.environ, "TAG4PIC_HOME": str(tmp_path / "home"), "PHOTO": str(photo_file)}
    environment |= {"DJANGO_SETTINGS_MODULE": "tag4pic_site.settings", "TAG4PIC_MIN_FREE_MB": "0"}
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    imported = set(json.loads(done.stdout.splitlines()[-1]))
    assert imported & {"predictor.inference", "predictor.views"}
    assert not imported & forbidden
