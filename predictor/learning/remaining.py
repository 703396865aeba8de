"""How long a training run still takes, from what earlier runs of its kind took for each post."""

from statistics import median

from django.utils import timezone

from predictor.models import TrainingRun

RUNS = 5  # earlier ones that count


def seconds_left(run: TrainingRun) -> float | None:
    """Return about how many seconds a run still takes, 0 where it is overdue; None where no run like it has ended.

    Alike are the last runs of its kind, full or incremental as it is, and the time grows with the number of posts.
    """
    alike = TrainingRun.objects.filter(kind=run.kind, full=run.full, state=TrainingRun.State.DONE, batch__corpus__gt=0)
    rates = [
        (old.finished - old.started).total_seconds() / old.batch["corpus"]
        for old in alike[:RUNS]
        if old.started and old.finished and old.finished > old.started
    ]
    posts = run.batch.get("corpus") or (alike[0].batch["corpus"] if rates else 0)
    if not rates or not posts:
        return None
    spent = (timezone.now() - run.started).total_seconds() if run.state == run.State.WORKING and run.started else 0.0
    return max(0.0, float(median(rates) * posts) - max(0.0, spent))
