import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Coalesce, Least

# FTS5 keeps the terms in `cases_words` only; triggers file what is written there, in the same
# transaction and whoever writes it. "ascii" parts at blanks and leaves all other letters alone.
# A later migration that remakes `cases_words` must make the triggers again.
SQLITE = (
    """
    CREATE VIRTUAL TABLE cases_words_index USING fts5(
        words, content='cases_words', content_rowid='case_id',
        detail='none', columnsize=0, tokenize='ascii'
    )
    """,
    """
    CREATE TRIGGER cases_words_filed AFTER INSERT ON cases_words BEGIN
        INSERT INTO cases_words_index(rowid, words) VALUES (new.case_id, new.words);
    END
    """,
    """
    CREATE TRIGGER cases_words_taken_out AFTER DELETE ON cases_words BEGIN
        INSERT INTO cases_words_index(cases_words_index, rowid, words)
        VALUES ('delete', old.case_id, old.words);
    END
    """,
    """
    CREATE TRIGGER cases_words_refiled AFTER UPDATE ON cases_words BEGIN
        INSERT INTO cases_words_index(cases_words_index, rowid, words)
        VALUES ('delete', old.case_id, old.words);
        INSERT INTO cases_words_index(rowid, words) VALUES (new.case_id, new.words);
    END
    """,
)
POSTGRESQL = (
    """
    ALTER TABLE cases_words ADD COLUMN terms tsvector
    GENERATED ALWAYS AS (array_to_tsvector(string_to_array(words, ' '))) STORED
    """,
    "CREATE INDEX cases_words_terms ON cases_words USING gin (terms)",
)


def make_index(apps, schema_editor):
    sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in SQLITE if sqlite else POSTGRESQL:
        schema_editor.execute(statement)


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name in ("filed", "taken_out", "refiled"):
            schema_editor.execute(f"DROP TRIGGER cases_words_{name}")
        schema_editor.execute("DROP TABLE cases_words_index")


def fill_due_at(apps, schema_editor):
    cases = apps.get_model("cases", "Case").objects
    cases.update(
        due_at=Coalesce(
            Case(
                When(
                    Q(state__in=("dispatched", "reopened")),
                    then=Least(
                        Coalesce(F("accept_due"), F("resolve_due")),
                        Coalesce(F("resolve_due"), F("accept_due")),
                    ),
                ),
                When(state="accepted", then=F("resolve_due")),
                When(state="resolved", then=F("resolved_at")),
            ),
            F("reported_at"),
        )
    )


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0003_deliberations'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Words',
            fields=[
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to='cases.case')),
                ('words', models.TextField()),
            ],
        ),
        migrations.RunPython(make_index, drop_index),
        migrations.AddField(
            model_name='case',
            name='due_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(fill_due_at, migrations.RunPython.noop),
        migrations.CreateModel(
            name='SavedFilter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, verbose_name='name')),
                ('query', models.CharField(blank=True, max_length=1000)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='filters', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['name', 'id'],
                'constraints': [models.UniqueConstraint(fields=('owner', 'name'), name='one_filter_a_name')],
            },
        ),
    ]
