"""Settings: from the environment alone, safe with none, and refused when they are wrong."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
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


@pytest.mark.parametrize("name", ["two words", "50%20off", "a#b", "a?b", "каталог", "a'b\"c"])
def test_a_home_of_any_name_holds_its_database(tmp_path: Path, name: str) -> None:
    home = tmp_path / name
    assert value("DATABASES['default']['NAME']", TAG4PIC_HOME=str(home)) == str(home / "tag4pic.sqlite3")


@pytest.mark.parametrize(
    ("variable", "wrong", "sentence"),
    [
        ("TAG4PIC_PORT", "eighty", "must be a whole number from 1 to 65535"),
        ("TAG4PIC_PORT", "70000", "must be a whole number from 1 to 65535"),
        ("TAG4PIC_UPLOAD_DAYS", "-1", "must be a whole number from 0"),
        ("TAG4PIC_UPLOAD_DAYS", "1.5", "must be a whole number from 0"),
        ("TAG4PIC_VERSIONS_KEPT", "0", "must be a whole number from 1"),
        ("TAG4PIC_LEARN_DAILY", "0 25 * * *", "must be off or five fields as in cron"),
        ("TAG4PIC_LEARN_WEEKLY", "@weekly", "must be off or five fields as in cron"),
        ("TAG4PIC_HTTPS", "maybe", "must be one of 1, true, yes, on, 0, false, no, off"),
        ("TAG4PIC_ALS_BACKBONE", "alexnet", "must be one of mobilenet_v2, "),
        ("REDIS_URL", "localhost:6379", "must be an address that starts with redis://"),
        ("DATABASE_URL", "nothing", "must be an address such as postgres://"),
    ],
)
def test_a_wrong_value_is_refused(tmp_path: Path, variable: str, wrong: str, sentence: str) -> None:
    done = run("manage.py", "sweep", TAG4PIC_HOME=str(tmp_path / "h"), **{variable: wrong})
    assert done.returncode == 1
    assert f"tag4pic cannot start: {variable} {sentence}" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("text", "on"), [("1", "True"), ("TRUE", "True"), ("on", "True"), ("0", "False"), ("", "False")]
)
def test_switches(text: str, on: str) -> None:
    assert value("HTTPS", TAG4PIC_HTTPS=text) == on


def test_a_home_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run("manage.py", "sweep", TAG4PIC_HOME=str(tmp_path / "file" / "home"))
    assert done.returncode == 1
    assert done.stderr.startswith("The home ") and "Set TAG4PIC_HOME to another folder." in done.stderr


def test_production_settings_pass_the_deployment_check(tmp_path: Path) -> None:
    done = run(
        "manage.py", "check", "--deploy", "--fail-level", "WARNING", TAG4PIC_HTTPS="1", TAG4PIC_HOME=str(tmp_path / "h")
    )
    assert done.returncode == 0, done.stderr
