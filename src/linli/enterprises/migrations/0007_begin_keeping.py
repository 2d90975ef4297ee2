from django.db import migrations
from django.db.models import OuterRef, Subquery


def begin(apps, schema_editor):
    """Note when each enterprise was visited last, and let the worker work everything out once."""
    enterprise = apps.get_model("enterprises.Enterprise")
    visit, mark = apps.get_model("enterprises.Visit"), apps.get_model("enterprises.Mark")
    last = visit.objects.filter(enterprise=OuterRef("pk"), state="done").order_by("-visited_at")
    enterprise.objects.update(visited_at=Subquery(last.values("visited_at")[:1]))
    mark.objects.bulk_create(mark(of=of) for of in ("ladder", "scores", "matches"))


class Migration(migrations.Migration):

    dependencies = [('enterprises', '0006_kept')]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
