from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("predictor", "0011_words_let_in")]
    operations = [
        migrations.AlterField(
            model_name="trainingrun",
            name="done",
            field=models.FloatField(
                default=0, help_text="How much is done, 0 to 1; embedding, learning and what follows count anew."
            ),
        ),
    ]
