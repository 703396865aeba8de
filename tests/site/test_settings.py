"""Settings: from the environment alone, safe with none, and refused when they are wrong."""

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings


def run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run Python in the repository with these variables and no others of ours."""
    own = ("TAG4PIC_", "DATABASE_URL", "REDIS_URL", "DJANGO_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=settings.BASE_DIR, env={**clean, **environment}, capture_output=True, text=True, check=False
    )


def value(name: str, **environment: str) -> str:
    done = run("-c", f"from tag4pic_site import settings; print(settings.{name})", **environment)
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]


def test_it_works(tmp_path: Path) -> None:
    home = tmp_path / "none"
    assert value("DEBUG", TAG4PIC_HOME=str(home)) == "False"
    assert value("ALLOWED_HOSTS", TAG4PIC_HOME=str(home)) == "['localhost', '127.0.0.1', '[::1]']"
    assert not home.exists(), "importing the settings wrote something"


def test_another_database_and_redis(tmp_path: Path) -> None:
    url = "postgres://me:secret@db.example/tags"
    assert "postgresql" in value("DATABASES['default']['ENGINE']", DATABASE_URL=url)
    assert value("RQ_QUEUES['predict']['URL']", REDIS_URL="redis://r.example:7/1") == "redis://r.example:7/1"


def test_a_wrong_value_is_refused() -> None:
    assert "ValueError" in value("PORT", TAG4PIC_PORT="eighty")


def test_production_settings_pass_the_deployment_check(tmp_path: Path) -> None:
    done = run(
        "manage.py", "check", "--deploy", "--fail-level", "WARNING", TAG4PIC_HTTPS="1", TAG4PIC_HOME=str(tmp_path / "h")
    )
    assert done.returncode == 0, done.stderr
