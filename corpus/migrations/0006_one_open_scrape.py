"""One open scrape of a hashtag, section and account at a time; until when an account was told to wait is kept."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("corpus", "0005_second_open_scrapes")]
    operations = [
        migrations.AddField(
            model_name="scraperun",
            name="rests_until",
            field=models.DateTimeField(
                blank=True, help_text="Until when its account was told to wait, whatever becomes of the run.", null=True
            ),
        ),
        migrations.AddConstraint(
            model_name="scraperun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["new", "working", "waiting", "paused"])),
                fields=("source", "tag", "section", "account"),
                name="one_open_scrape",
            ),
        ),
    ]
