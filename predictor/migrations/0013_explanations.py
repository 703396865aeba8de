import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("predictor", "0012_what_done_counts")]
    operations = [
        migrations.CreateModel(
            name="Explanation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "asked",
                    models.CharField(
                        blank=True, help_text="The versions that were asked: als:1 w2v:2.", max_length=200
                    ),
                ),
                (
                    "seen",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="By kind: hashtags, and their probabilities in 1/10,000: of the whole photo, then by patch.",
                    ),
                ),
                ("evidence", models.JSONField(blank=True, default=dict, help_text="By kind and hashtag.")),
                ("message", models.TextField(blank=True, help_text="Why there is none, in a sentence.")),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("created", models.DateTimeField(auto_now_add=True)),
                ("changed", models.DateTimeField(auto_now=True)),
                ("done", models.DateTimeField(blank=True, null=True)),
                (
                    "upload",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="explanation", to="predictor.upload"
                    ),
                ),
            ],
        ),
    ]
