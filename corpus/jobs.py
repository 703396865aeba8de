"""The jobs of the corpus' queue: each takes an id, loads the row, calls one function, and is safe to run twice."""

from django.db import close_old_connections

from corpus.models import ScrapeRun
from tag4pic_site.processes import die_with_parent


def run_scrape(id: int) -> None:
    """Carry out one scrape run, if no other worker has it. The process ends with its worker: a run lives on its row."""
    from corpus.scraping import carrying_out

    die_with_parent()
    close_old_connections()
    run = ScrapeRun.objects.filter(pk=id).first()
    if run is not None and run.claim():
        carrying_out.carry_out(run)
