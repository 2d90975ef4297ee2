"""How many points a second go from MQTT to stored and evaluated, through failures.

    python bench/telemetry.py [--seconds N] [--rate POINTS] [--per-key N] [--database URL]

Starts a real Mosquitto and the worker, and publishes plain JSON with quality of service 1 from this
machine, each message one asset with 20 keys. A third of the way the broker is restarted, at two
thirds the worker gets kill -9. `points_per_s` counts from the first message to the last point that
is stored and evaluated, both failures included. Every value that was sent is looked for
afterwards. One spell beyond a limit is published for every asset: so many alarms must be there.
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parent.parent
KEYS = 20
HOT, LIMIT = 150.0, 100.0
WINDOW = 2000  # messages the publisher has under way


def say(text: str) -> None:
    """Tell the progress on stderr."""
    print(text, file=sys.stderr, flush=True)


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def broker(folder: Path, port: int) -> subprocess.Popen:
    """Start Mosquitto with what docs/telemetry.md asks of it, and wait until it answers."""
    settings = folder / "mosquitto.conf"
    settings.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\nuser root\npersistence true\n"
        f"persistence_location {folder}/\nmax_queued_messages 0\nmax_inflight_messages 0\n"
        "set_tcp_nodelay true\nlog_type error\n"
    )
    started = subprocess.Popen(["mosquitto", "-c", str(settings)])
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 0.5).close()
            return started
        except OSError:
            time.sleep(0.05)
    raise SystemExit("Mosquitto does not answer")


def worker() -> subprocess.Popen:
    """Start the worker as an operator would."""
    return subprocess.Popen([sys.executable, "-m", "linli", "telemetry", "run"], cwd=ROOT)


def publisher(port: int, assets: int, seconds: float, rate: float, per_key: int, out: str) -> None:
    """Publish from a process of its own; say at the end what was sent."""
    import threading

    import numpy as np
    import orjson
    import paho.mqtt.client as mqtt
    from paho.mqtt.enums import CallbackAPIVersion

    under_way = threading.Semaphore(WINDOW)
    client = mqtt.Client(CallbackAPIVersion.VERSION2, "bench", clean_session=False)
    client.on_publish = lambda *_: under_way.release()
    client.max_inflight_messages_set(WINDOW)
    client.reconnect_delay_set(1, 1)
    client.connect("127.0.0.1", port)
    client.loop_start()
    draw = np.random.default_rng(1)
    begun, messages, at = time.time(), 0, int(time.time() * 1000)
    start = at
    each = KEYS * per_key
    while time.time() - begun < seconds:
        tick = messages // assets
        asset = messages % assets
        # One spell beyond the limit an asset, of three messages in its first key; some of them
        # fall into the failures.
        level = HOT if 0 <= tick - spell(asset) < 3 else 50.0
        at = start + tick * per_key
        values = np.round(draw.normal(level, 1.0, (KEYS, per_key)), 3)
        if level == HOT:
            values[1:] -= 100.0
        told = {"t": list(range(at, at + per_key)),
                "v": {f"k{key}": row for key, row in enumerate(values.tolist())}}  # fmt: skip
        under_way.acquire()
        client.publish(f"linli/bench/m{asset}", orjson.dumps(told), 1)
        messages += 1
        ahead = messages * each / rate - (time.time() - begun)
        if ahead > 0.005:
            time.sleep(ahead)
    for _ in range(WINDOW):
        under_way.acquire(timeout=60)
    client.disconnect()
    client.loop_stop()
    sent = {"messages": messages, "points": messages * each, "start": start, "begun": begun,
            "published_s": time.time() - begun}  # fmt: skip
    Path(out).write_text(json.dumps(sent))


def spell(asset: int) -> int:
    """Return in which of its messages an asset gets too hot."""
    return 5 + 2 * asset


def prepare(assets: int, port: int) -> None:
    """Make a plant with its tags, a rule for every tag, and the source."""
    from django.core.management import call_command

    from linli.assets.register.models import Asset, Level
    from linli.assets.telemetry.models import Rule, Source, Tag
    from linli.packs.loader import load

    call_command("migrate", verbosity=0)
    load(ROOT / "towns" / "pinghu")
    plant = Asset.objects.create(code="bench", name="bench", level=Level.PLANT, path="bench/")
    for number in range(assets):
        asset = Asset.objects.create(
            code=f"m{number}", name=f"m{number}", level=Level.MACHINE, parent=plant,
            kind="bench", path=f"bench/m{number}/",
        )  # fmt: skip
        Tag.objects.bulk_create(
            Tag(code=f"m{number}.k{key}", key=f"k{key}", name=f"k{key}", asset=asset,
                low=-1000, high=1000)
            for key in range(KEYS)
        )  # fmt: skip
    Rule.objects.create(
        code="bench-hot", name="bench", definition={
            "code": "bench-hot", "name": "bench", "asset_kind": "bench", "above": LIMIT,
            "clear": LIMIT - 10, "category": "telemetry-alarm",
        },
    )  # fmt: skip
    Source.objects.create(code="bench", name="bench", kind=Source.Kind.MQTT,
                          address=f"mqtt5://127.0.0.1:{port}")  # fmt: skip


def evaluated() -> int:
    """Return up to which batch of all that was written rules have read, as one number."""
    from linli.assets.telemetry.models import Reading

    row = Reading.objects.filter(name="rules").first()
    return (row.segment << 40) + row.offset if row else 0


def written() -> int:
    """Return where the journal ends, in the same way."""
    from linli.assets.telemetry import journal

    segment, last = journal.end()
    return (segment << 40) + last


def is_drained() -> bool:
    """Tell whether all that is written is evaluated too."""
    return bool(written()) and evaluated() == written()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=30.0, help="how long to publish")
    parser.add_argument("--rate", type=float, default=40_000.0, help="points a second at most")
    parser.add_argument("--per-key", type=int, default=5, help="values of a key in a message")
    parser.add_argument("--assets", type=int, default=50)
    parser.add_argument("--database", default="", help="DATABASE_URL; SQLite if left out")
    parser.add_argument("--calm", action="store_true", help="no restart and no kill")
    given = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="linli-bench-telemetry-"))
    os.environ |= {"LINLI_HOME": str(home), "DJANGO_SETTINGS_MODULE": "linli.settings",
                   "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), *sys.path])}  # fmt: skip
    if given.database:
        os.environ["DATABASE_URL"] = given.database
    import django

    django.setup()
    port = free_port()
    prepare(given.assets, port)
    held = broker(home, port)
    works = worker()
    restarts = kills = 0
    try:
        from linli.assets.telemetry.models import Line

        for _ in range(300):
            if Line.objects.filter(state=Line.State.OPEN).exists():
                break
            time.sleep(0.1)
        out = home / "sent.json"
        code = (f"import sys; sys.path.insert(0, {str(ROOT)!r}); from bench.telemetry import "
                f"publisher; publisher({port}, {given.assets}, {given.seconds}, {given.rate}, "
                f"{given.per_key}, {str(out)!r})")  # fmt: skip
        sends = subprocess.Popen([sys.executable, "-c", code])
        if not given.calm:
            time.sleep(given.seconds / 3)
            held.send_signal(signal.SIGTERM)
            held.wait()
            held = broker(home, port)
            restarts += 1
            say("broker restarted")
            time.sleep(given.seconds / 3)
            works.kill()
            works.wait()
            works = worker()
            kills += 1
            say("worker killed and started")
        sends.wait()
        sent = json.loads(out.read_text())
        say(f"{sent['points']:,} points sent in {sent['published_s']:.1f} s")
        expected = sent["points"]
        figures = look(given.assets, given.per_key, sent, wait_until=time.time() + 300)
        spent = figures.pop("done") - sent["begun"]
        reads = timings(given.assets, sent)
        print(json.dumps({
            "points_per_s": round(expected / spent), "points": expected,
            "messages_per_s": round(sent["messages"] / spent), "seconds": round(spent, 1),
            "broker_restarts": restarts, "kills": kills, **figures, **reads,
            "values_a_message": KEYS * given.per_key,
        }))  # fmt: skip
        return int(bool(figures["lost"] or figures["doubled"]))
    finally:
        works.terminate()
        held.terminate()
        works.wait()
        held.wait()


def look(assets: int, per_key: int, sent: dict, wait_until: float) -> dict:
    """Wait until all is stored and evaluated; return what is lost or there twice."""
    import numpy as np

    from linli.assets.telemetry import store
    from linli.assets.telemetry.models import Watch
    from linli.cases.models import Case

    last_tick = (sent["messages"] - 1) // assets
    since = datetime.fromtimestamp(sent["start"] / 1000, UTC)
    until = since + timedelta(milliseconds=(last_tick + 1) * per_key)
    ends = [f"m{asset}.k{KEYS - 1}" for asset in range(assets)]

    def ticks(asset: int) -> int:
        return (sent["messages"] - asset + assets - 1) // assets

    lasts = [sent["start"] + ticks(asset) * per_key - 1 for asset in range(assets)]
    still, before = 0.0, -1
    while time.time() < wait_until:
        newest = store.newest(ends)
        is_there = len(newest) == assets and all(
            round(newest[code].at.timestamp() * 1000) == last
            for code, last in zip(ends, lasts, strict=True)
        )
        if is_there and is_drained():
            break
        # Nothing moves any more: what is not there now will not come.
        if written() != before:
            still, before = time.time(), written()
        elif time.time() - still > 30:
            break
        time.sleep(0.05)
    done = time.time()
    lost = doubled = 0
    for asset in range(assets):
        codes = [f"m{asset}.k{key}" for key in range(KEYS)]
        series = store.read(codes, since, until)
        there = np.isfinite(series.values).sum()
        count = store.read(codes, since - timedelta(seconds=1), until + timedelta(seconds=1),
                           every=timedelta(days=1), how="count").values  # fmt: skip
        lost += ticks(asset) * per_key * KEYS - int(there)
        doubled += int(np.nansum(count)) - int(there)
    alarms = Case.objects.filter(category__code="telemetry-alarm").count()
    raised = Watch.objects.filter(peak__gt=LIMIT).count()
    expected = sum(ticks(asset) > spell(asset) for asset in range(assets))
    return {"done": done, "lost": lost, "doubled": doubled, "alarms": alarms,
            "alarms_lost": max(expected - min(alarms, raised), 0),
            "alarms_doubled": max(alarms - expected, 0)}  # fmt: skip


def timings(assets: int, sent: dict) -> dict:
    """Return how long one tag's stretch takes to read, in the middle of all others."""
    import numpy as np

    from linli.assets.telemetry import store

    since = datetime.fromtimestamp(sent["start"] / 1000, UTC)
    until = since + timedelta(hours=1)
    taken = []
    for number in range(60):
        begun = time.perf_counter()
        store.spread(f"m{number % assets}.k3", since, until, timedelta(seconds=1))
        taken.append((time.perf_counter() - begun) * 1000)
    return {"read_ms_p50": round(float(np.percentile(taken[5:], 50)), 1),
            "read_ms_p95": round(float(np.percentile(taken[5:], 95)), 1)}  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
