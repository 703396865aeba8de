from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("predictor", "0005_learning_loop")]

    operations = [
        migrations.AddField(
            model_name="contribution",
            name="admitted",
            field=models.DateTimeField(blank=True, help_text="When training took it up.", null=True),
        )
    ]
