"""Read labelled records, and let the town's models learn from them."""

from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from django.utils.translation import gettext as _

from linli.cases import learnt
from linli.doors.reading import Fault, Row, Unreadable, read_table


def categories(files: Sequence[Path]) -> dict[str, Any]:
    """Train the category model on files of `subject,body,category` or `tokens,category`.

    Raises
    ------
    Unreadable
        If a file has neither set of columns.
    NotEnough
        If there are fewer than two categories in all of them.
    """
    texts, labels = [], []
    for file in files:
        for row in _good_rows(file, {"category"}, ({"subject", "body"}, {"tokens"})):
            values = row.values
            texts.append(values.get("tokens") or f"{values['subject']}\n{values['body']}")
            labels.append(values["category"].strip())
    started = perf_counter()
    version = learnt.train_categories(texts, labels)
    return {
        "rows": len(texts),
        "categories": len(set(labels)),
        "seconds": round(perf_counter() - started, 1),
        "version": version[:12],
    }


def replies(files: Sequence[Path]) -> dict[str, Any]:
    """Train the reply model on files of `subject,body,reply,explains_2`.

    Raises
    ------
    Unreadable
        If a column is missing.
    NotEnough
        If the labels do not hold both kinds.
    """
    messages, answers, explains, complete = [], [], [], []
    for file in files:
        for row in _good_rows(file, {"reply", "explains_2"}, ({"subject", "body"},)):
            values = row.values
            messages.append(f"{values['subject']}\n{values['body']}")
            answers.append(values["reply"])
            explains.append(values["explains_2"].strip() == "1")
            label = values.get("complete", "").strip()
            complete.append(label == "1" if label else None)
    started = perf_counter()
    version = learnt.train_replies(messages, answers, explains, complete)
    return {
        "rows": len(messages),
        "seconds": round(perf_counter() - started, 1),
        "version": version[:12],
    }


def _good_rows(file: Path, needed: set[str], either: Sequence[set[str]]) -> list[Row]:
    columns, rows = read_table(file)
    if not needed <= set(columns) or not any(text <= set(columns) for text in either):
        raise Unreadable(
            _("%(file)s needs the columns %(columns)s.")
            % {
                "file": file.name,
                "columns": " / ".join(",".join(sorted(needed | text)) for text in either),
            }
        )
    return [row for row in rows if not isinstance(row, Fault)]
