"""What is measured in the town of two halves: a mill on each side, with a tag and a source."""

from typing import Any

from linli.assets.register import tree
from linli.assets.register.models import Asset, Level
from linli.assets.telemetry import directory, store
from linli.assets.telemetry.models import Refusal, Rule, Source, Tag, Watch
from linli.assets.telemetry.points import Points, moment
from linli.clock import now
from tests.small_town import area, organisation


def measured(village: str) -> dict[str, Any]:
    """Make a mill that the village's enforcement runs, measured and at fault."""
    mill = Asset(
        code=f"{village}-mill", name="磨坊", level=Level.STRUCTURE, area=area(village),
        organisation=organisation(f"{village}law"),
    )  # fmt: skip
    tree.save(mill)
    source = Source.objects.create(
        code=f"{village}-mill", name="磨坊网关", kind=Source.Kind.OPCUA, asset=mill, enabled=False,
        address="opc.tcp://127.0.0.1:9",
    )  # fmt: skip
    tag = Tag.objects.create(
        code=f"{village}-mill.speed", asset=mill, key="speed", name="转速", unit="r/min",
        source=source, high=100,
    )  # fmt: skip
    rule, _new = Rule.objects.get_or_create(
        code="fast", defaults={"name": "过快", "definition": {
            "code": "fast", "name": "过快", "key": "speed", "above": 90.0}},
    )  # fmt: skip
    watch = Watch.objects.create(rule=rule, tag=tag)
    directory.forget()  # of towns of other tests
    store.write(Points.series({tag.code: ([moment(now()), moment(now())], [60.0, 999.0])}))
    return {
        "mill": mill.code, "tag": tag.code, "source": source.code, "watch": watch.pk,
        "refusal": Refusal.objects.get(tag=tag).pk, "telemetry_rule": rule.code,
    }  # fmt: skip
