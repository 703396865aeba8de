"""The examples of docs/api.md, run in order against a whole site."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.end_to_end import tiny
from tests.running_site import Site

DOCS = Path(settings.BASE_DIR) / "docs" / "api.md"
MAKE_TOKEN = """
from django.contrib.auth.models import User
from predictor.people import api_tokens
print(api_tokens.make(User.objects.get_or_create(username="reader")[0], "docs")[1])
"""


@pytest.mark.slow
def test_it_works(running_site: Site, tmp_path: Path) -> None:
    tiny.crop("chelsea.png", 0).save(tmp_path / "cat.jpg")
    environment = {**os.environ, "SITE": running_site.url.rstrip("/"), "TOKEN": token(running_site)}
    run(["bash", "-e", "-c", examples("bash")], tmp_path, environment)
    assert (tmp_path / "shown.jpg").read_bytes()[:2] == b"\xff\xd8"
    said = run([sys.executable, "-c", examples("python")], tmp_path, environment)
    assert re.search(r"^#\w+( #\w+){4}$", said, re.MULTILINE)
    assert "ALS recommender + DNN [" in said
    assert "waiting ['cat'] ['tabbycat']\ntaken back: ['cat', 'tabbycat']" in said


def examples(language: str) -> str:
    """Return the examples in a language as one program, as a reader would paste them one after the other."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```", DOCS.read_text(), re.MULTILINE | re.DOTALL)
    assert blocks
    return "\n".join(blocks)


def token(site: Site) -> str:
    """Make a token in the site's own home, since every test process has another."""
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", MAKE_TOKEN],
        cwd=settings.BASE_DIR,
        env={**os.environ, "TAG4PIC_HOME": str(site.home)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def run(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
