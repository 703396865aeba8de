"""The configuration of supervisord: paths with spaces, quotes and percent signs stay whole."""

import shlex
from configparser import RawConfigParser
from pathlib import Path

import pytest
from pytest_django import Settings

from tag4pic_site import supervisor


def test_it_works(home: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HOME = home / "50 % of a 'home'"
    (settings.HOME / "run").mkdir(parents=True)
    settings.REDIS_URL = "redis://elsewhere"
    monkeypatch.setattr("sys.executable", '/a "b"/python')
    parser = RawConfigParser()
    parser.read(supervisor.write_config(8123))
    assert parser["supervisord"]["logfile"] == str(settings.HOME / "logs" / "supervisor.log").replace("%", "%%")
    command = shlex.split(parser["program:web"]["command"].replace("%%", "%"))
    assert command[0] == '/a "b"/python'
    assert "127.0.0.1:8123" in command


def test_redis_is_a_program_only_where_none_is_set(settings: Settings) -> None:
    settings.REDIS_URL = "redis://elsewhere"
    assert [program.name for program in supervisor.programs(1)] == ["web", "predict", "train", "sweeper"]
