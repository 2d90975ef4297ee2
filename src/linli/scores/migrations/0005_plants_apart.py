"""Where there are plants, all is counted anew: their cases counted for the grids they lie in."""

from django.db import migrations


def count_anew(apps, schema_editor):
    event = apps.get_model("cases", "Event")
    if not event.objects.filter(action="dispatch", territorial__kind="plant").exists():
        return
    apps.get_model('scores', 'Tally').objects.all().delete()
    apps.get_model("scores", "KeptLeague").objects.update(stale=True)
    event.objects.filter(folded=True).update(folded=False)  # the worker folds them again


class Migration(migrations.Migration):
    dependencies = [
        ("scores", "0004_kept_leagues"),
        ("cases", "0010_automatic_categories"),
        ("people", "0003_plants"),
    ]

    operations = [migrations.RunPython(count_anew, migrations.RunPython.noop)]
