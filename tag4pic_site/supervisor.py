"""The configuration of supervisord, which keeps the processes of the site alive and stops them together."""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from tag4pic_site import redis_server

STOP_SECONDS = 8  # between asking a process to end and killing it
COMMENT = re.compile(r"\s[#;]|[\r\n]")
WEB_THREADS = 48  # slow clients hold one each


class PathError(Exception):
    """A path that supervisord cannot be told; the text is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Program:
    """One process of the site. Lower priorities start first and stop last."""

    name: str
    command: list[str]
    priority: int


def programs(port: int) -> list[Program]:
    """Return the processes of the site; Redis is one of them unless REDIS_URL names another."""
    manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
    gunicorn = [sys.executable, "-m", "gunicorn", "tag4pic_site.wsgi", "--bind", f"{settings.ADDRESS}:{port}"]
    found = [
        Program(
            "web", [*gunicorn, "--worker-class", "gthread", "--no-control-socket", "--threads", str(WEB_THREADS)], 20
        ),
        Program("predict", [*manage, "work", "predict"], 30),
        Program("train", [*manage, "work", "train"], 30),
        Program("scrape", [*manage, "work", "scrape"], 30),
        Program("sweeper", [*manage, "sweep"], 30),
        Program("schedules", [*manage, "schedule"], 30),
    ]
    if settings.TELEGRAM_TOKEN:
        found.append(Program("bot", [*manage, "run_bot"], 30))
    if redis_server.embedded_url() == settings.REDIS_URL:
        found.insert(0, Program("redis", [str(redis_server.program()), str(redis_server.write_config())], 10))
    return found


def write_config(port: int) -> Path:
    """Write supervisord's configuration for this home and return its path. Raises PathError."""
    logs = settings.HOME / "logs"
    lines = ["[supervisord]", "nodaemon=true", "silent=true", f"directory={_value(settings.BASE_DIR)}"]
    lines += [f"logfile={_value(logs / 'supervisor.log')}", f"pidfile={_value(settings.HOME / 'run/supervisor.pid')}"]
    lines += [f"childlogdir={_value(logs)}"]
    for program in programs(port):
        command = [sys.executable, "-m", "tag4pic_site.processes", *program.command]
        lines += [
            "",
            f"[program:{program.name}]",
            f"command={_value(' '.join(_quoted(word) for word in command))}",
            f"priority={program.priority}",
            "autorestart=true",
            "startretries=1000000",
            "stopasgroup=true",
            "killasgroup=true",
            f"stopwaitsecs={STOP_SECONDS}",
            "redirect_stderr=true",
            f"stdout_logfile={_value(_value(logs / (program.name + '.log')))}",  # supervisord expands this one twice
            "stdout_logfile_maxbytes=10MB",
            "stdout_logfile_backups=2",
        ]
    file = settings.HOME / "run" / "supervisord.conf"
    file.write_text("\n".join(lines) + "\n")
    return Path(file)


def _value(text: object) -> str:
    """Escape what supervisord would expand; what it would take for a comment cannot be escaped."""
    if COMMENT.search(str(text)):
        raise PathError(f"tag4pic cannot run where a folder's name holds a blank before # or ;, as in {text}")
    return str(text).replace("%", "%%")


def _quoted(word: str) -> str:
    """Quote a word for supervisord, which splits commands as a shell does, after cutting off comments at ' ;'."""
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'
