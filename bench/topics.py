"""Find the hot topics of a feed: bench/topics.py --feed F (CSV: id,subject,created,body,likes).

The last line of standard output is one JSON object: topics [{title, place, count, likes, ids}]
and seconds, reading the file included. A column `user`, where there is one, tells people apart.
"""

import argparse
import csv
import json
import sys
import time

import numpy as np

from linli.engines.text import hot_topics


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feed", required=True)
    parser.add_argument("--limit", type=int, default=20)
    options = parser.parse_args()
    started = time.perf_counter()
    csv.field_size_limit(sys.maxsize)
    with open(options.feed, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    print(f"{len(rows):,} messages", file=sys.stderr)
    topics = hot_topics(
        [row["id"] for row in rows],
        [row["subject"] for row in rows],
        [row["body"] for row in rows],
        np.array([row["created"].strip().replace(" ", "T") for row in rows], "datetime64[s]"),
        [int(row["likes"] or 0) for row in rows],
        people=[row["user"] for row in rows] if "user" in rows[0] else None,
        limit=options.limit,
    )
    seconds = time.perf_counter() - started
    for topic in topics:
        print(
            f"{topic.heat:6.1f}  {topic.people:3} people {topic.likes:5} likes  "
            f"{topic.since.astype(object):%Y-%m-%d} to {topic.until.astype(object):%Y-%m-%d}  "
            f"growth {topic.growth:.1f}  {topic.title} [{topic.place}] {' '.join(topic.terms)}",
            file=sys.stderr,
        )
    shown = [
        {
            "title": topic.title,
            "place": topic.place,
            "count": topic.count,
            "likes": topic.likes,
            "ids": list(topic.ids),
            "people": topic.people,
            "since": str(topic.since),
            "until": str(topic.until),
            "growth": round(topic.growth, 3),
            "rising": topic.rising,
            "terms": list(topic.terms),
            "heat": round(topic.heat, 2),
        }
        for topic in topics
    ]
    print(json.dumps({"topics": shown, "seconds": round(seconds, 3)}, ensure_ascii=False))


if __name__ == "__main__":
    main()
