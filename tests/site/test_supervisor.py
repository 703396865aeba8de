"""The configuration of supervisord: paths with spaces, quotes and percent signs stay whole."""

import shlex
from configparser import RawConfigParser
from pathlib import Path

import pytest
from pytest_django import Settings
from supervisor.options import ServerOptions

from tag4pic_site import redis_server, supervisor
from tag4pic_site.home import prepare


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


@pytest.mark.parametrize("name", ["50 % of a 'home'", "%(here)s", "two, words", "каталог"])
def test_supervisord_reads_what_was_meant(home: Path, settings: Settings, name: str) -> None:
    settings.HOME = home / name
    for folder in ("run", "logs"):
        (settings.HOME / folder).mkdir(parents=True)
    settings.REDIS_URL = "redis://elsewhere"
    options = ServerOptions()
    options.realize(["-c", str(supervisor.write_config(8123))])
    assert options.logfile == str(settings.HOME / "logs" / "supervisor.log")
    programs = {config.name: config for group in options.process_group_configs for config in group.process_configs}
    assert set(programs) == {"web", "predict", "train", "scrape", "sweeper", "schedules"}
    sweeper = programs["sweeper"]
    assert sweeper.stdout_logfile == str(settings.HOME / "logs" / "sweeper.log")
    assert shlex.split(sweeper.command)[-2:] == [str(settings.BASE_DIR / "manage.py"), "sweep"]
    assert (sweeper.stopasgroup, sweeper.killasgroup, sweeper.autorestart is not False) == (True, True, True)


def test_redis_is_a_program_only_where_none_is_set(settings: Settings) -> None:
    settings.REDIS_URL = "redis://elsewhere"
    names = [program.name for program in supervisor.programs(1)]
    assert names == ["web", "predict", "train", "scrape", "sweeper", "schedules"]


@pytest.mark.parametrize("name", ["a #1", "b ;c", "two\nlines"])
def test_a_folder_that_supervisord_would_take_for_a_comment(home: Path, settings: Settings, name: str) -> None:
    settings.HOME = home / name
    settings.REDIS_URL = "redis://elsewhere"
    with pytest.raises(supervisor.PathError, match="cannot run where a folder"):
        supervisor.write_config(8123)


def test_the_embedded_redis_comes_first(home: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAG4PIC_HOME", str(home / "site"))
    prepare()
    settings.REDIS_URL = redis_server.embedded_url()
    first = min(supervisor.programs(1), key=lambda program: program.priority)
    assert first.name == "redis"
    assert first.command == [str(redis_server.program()), str(home / "site" / "redis" / "redis.conf")]
