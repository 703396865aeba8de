"""Runs the whole site until Ctrl-C: web server, workers, sweeper, and Redis unless REDIS_URL names another."""

import errno
import fcntl
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import Any, TextIO

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tag4pic_site import supervisor
from tag4pic_site.processes import die_with_parent

PORTS_TRIED = 100
READY_SECONDS = 90


class Command(BaseCommand):
    help = __doc__ or ""
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        lock = self._lock()
        manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
        if subprocess.run([*manage, "prepare"], check=False).returncode:
            raise CommandError("The site could not be made ready; the reason stands above.")
        port = self._free_port()
        address = f"http://{'127.0.0.1' if settings.ADDRESS == '0.0.0.0' else settings.ADDRESS}:{port}/"
        lock.seek(0)
        lock.truncate()
        lock.write(address)
        lock.flush()
        try:
            config = supervisor.write_config(port)
        except supervisor.PathError as error:
            raise CommandError(str(error)) from error
        command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(config)]
        process = subprocess.Popen(
            command,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            preexec_fn=die_with_parent,
        )
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: process.terminate())
        self._wait_until_ready(process, address)
        status = process.wait()
        self.stdout.write("tag4pic has stopped." if status == 0 else f"The supervisor ended with status {status}.")
        sys.exit(status)

    def _lock(self) -> TextIO:
        """Hold this home for one site; the lock is gone with this process, however it ends."""
        lock = (settings.HOME / "run" / "serve.lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            where = lock.read().strip() or "another terminal"
            raise CommandError(f"tag4pic runs in this home already: {where}") from None
        return lock

    def _free_port(self) -> int:
        """Return the wanted port, or the next one that nobody has taken."""
        wanted: int = settings.PORT
        for port in range(wanted, min(wanted + PORTS_TRIED, 65536)):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((settings.ADDRESS, port))
                except OSError as error:
                    if error.errno != errno.EADDRINUSE:
                        raise CommandError(f"Cannot listen on {settings.ADDRESS}:{port}: {error.strerror}.") from error
                    continue
            if port != wanted:
                self.stdout.write(f"Port {wanted} is taken, so tag4pic takes {port}.")
            return port
        raise CommandError(f"No port is free from {wanted} on; set TAG4PIC_PORT to another one.")

    def _bot(self) -> str:
        if settings.TELEGRAM_TOKEN:
            return f"The Telegram bot runs beside it; {settings.HOME / 'logs' / 'bot.log'} says under which name."
        return "The Telegram bot is off; a token in TAG4PIC_TELEGRAM_TOKEN starts it."

    def _wait_until_ready(self, process: "subprocess.Popen[bytes]", address: str) -> None:
        """Say where the site is once its first page comes."""
        until = time.monotonic() + READY_SECONDS
        while process.poll() is None and time.monotonic() < until:
            try:
                urllib.request.urlopen(address, timeout=5).close()
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
                continue
            self.stdout.write(f"tag4pic is ready at {address}\n{self._bot()}\nPress Ctrl-C to stop it.")
            self.stdout.flush()
            return
        if process.poll() is None:
            self.stderr.write(f"The site does not answer yet; {settings.HOME / 'logs'} may say why.")
