"""A run that is killed, whatever stage it is at, leaves nothing behind and is taken up again.

One kind is enough: what is walked knows nothing of kinds. `make drill-training` kills runs of both.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.slow
STORED = "Letting it serve"


def test_it_works(tmp_path: Path) -> None:
    environment = {**os.environ, "TAG4PIC_HOME": str(tmp_path / "home"), "TAG4PIC_VERSIONS_KEPT": "100"}
    environment |= {"DJANGO_SETTINGS_MODULE": "tag4pic_site.settings", "REDIS_URL": "redis://127.0.0.1:1/0"}
    command = [sys.executable, "-m", "tests.end_to_end.killing", "als"]
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr
    walked = [json.loads(line) for line in done.stdout.splitlines()]
    stages = [facts["stage"] for facts in walked]
    assert {"Reading the corpus", "Measuring on the dev split", "renamed, and not committed", STORED} <= {*stages}
    for facts in walked:
        assert facts["killed"], facts
        assert facts["after"] == {"state": "new", "folders": [], "versions": int(facts["stage"] == STORED)}, facts
        assert facts["again"] == {"state": "done", "folders": [], "versions": 1}, facts
        assert facts["message"] == "It serves now.", facts
