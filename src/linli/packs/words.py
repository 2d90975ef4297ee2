"""The words for what stands in packs: sections, keys and values."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as L  # noqa: N812

# What the keys of a pack and the fields of its rows mean to people.
WORDS: Mapping[str, str | Promise] = {
    "name": L("name"), "name_en": L("English name"), "parent": L("belongs to"),
    "function": L("field of work"), "lead": L("leading side"), "lead_side": L("leading side"),
    "accept_hours": L("hours to accept"), "resolve_hours": L("hours to resolve"),
    "evaluation_days": L("days to rate"), "evidence": L("evidence"), "triage": L("triage"),
    "standard": L("standard"), "examples": L("examples"), "pack": L("pack"),
    "description": L("description"), "description_en": L("English description"),
    "organisation": L("organisation"), "venue": L("venue"), "venue_en": L("English venue"),
    "at_home": L("at home"), "days": L("days of the week"), "hours": L("hours"),
    "minutes": L("minutes"), "capacity": L("capacity"), "price": L("price"),
    "price_en": L("English price"), "audience": L("for whom"),
    "audience_en": L("English audience"), "retired": L("retired"), "area": L("area"),
    "kind": L("kind"), "functions": L("fields of work"), "wkb": L("shape"), "layer": L("layer"),
    "is_grid": L("is a grid"), "land": L("land"), "seat": L("seat"), "aliases": L("other names"),
    "calendar": L("calendar"), "packs": L("packs"), "notice": L("notice"),
    "notice_en": L("English notice"), "attribution": L("attribution"), "timezone": L("time zone"),
    "code": L("code"), "category": L("category"), "unit": L("unit"), "unit_en": L("English unit"),
    "source": L("source"), "source_en": L("English source"), "group": L("group"),
    "group_en": L("English group"),
    # joint handling
    "joint": L("handled jointly with"), "every_answer": L("everybody owes an answer"),
    "separate": L("each a case of its own"),
    "automatic": L("opened by software alone"),
    # ladders and programmes
    "stages": L("stages"), "usual_days": L("usual days"), "ends": L("ends"),
    "aside": L("beside the way"), "optional": L("may be left out"), "level": L("level"),
    "budget": L("budget"), "about": L("about"), "ladder": L("ladder"),
    "about_en": L("about, in English"),
    # remediation
    "upgrade_ladder": L("ladder of upgrades"), "sizes": L("size classes"),
    "tolerance": L("tolerance"), "stall_category": L("category of stalls"),
    "late_category": L("category of late blocks"), "policy": L("policy"), "amount": L("amount"),
    "counts": L("counted by"), "dispositions": L("dispositions"),
    # indicators and targets
    "every": L("every"), "together": L("taken together"), "better": L("better is"),
    "decimals": L("decimals"), "count": L("number of"), "sum": L("sum"), "share": L("share"),
    "growth": L("growth"), "total": L("total"), "index": L("composite"),
    "up_to": L("with all earlier"), "entered": L("entered by hand"), "of": L("of"),
    "at": L("when"), "where": L("where"), "column": L("column"), "column_unit": L("unit of column"),
    "op": L("compares"), "value": L("value"), "part": L("part"), "whole": L("whole"),
    "parts": L("parts"), "weight": L("weight"), "over": L("over"), "since": L("since"),
    "by_area": L("by area"), "indicator": L("indicator"), "base": L("starting from"),
    "by": L("until"), "measure": L("measure"), "path": L("path"), "slack": L("slack"),
    "steps": L("steps"), "pieces": L("told in"),
    # scoring schemes
    "threshold": L("threshold"), "threshold_name": L("name of the threshold"),
    "threshold_name_en": L("English name of the threshold"), "reviewer": L("reviewed by"),
    "item": L("items"), "points": L("points"), "linear": L("in proportion"),
    "nothing": L("no points at"), "full": L("all points at"), "judged": L("judged by"),
    "judged_en": L("judged by, in English"),
    # bulletins
    "issuer": L("issued by"), "issuer_en": L("issued by, in English"), "blocks": L("blocks"),
    "show": L("shows"), "title": L("title"), "title_en": L("English title"),
    "figures": L("figures"), "figure": L("figure"), "contest": L("contest"),
    "lines": L("lines"), "indicators": L("indicators"), "text": L("text"),
    "text_en": L("English text"),
    # rungs and performance per mu
    "known_by": L("known by"), "conditions": L("conditions"), "comparison": L("compares"),
    "per": L("for each"), "years": L("years running"), "sections": L("sections of industries"),
    "above_scale": L("only above scale"), "least": L("fewest in an industry"),
    "cap": L("at most times the benchmark"), "measures": L("measures"), "classes": L("classes"),
    # assets
    "icon": L("picture"), "running": L("counts as running"),
    "running_en": L("counts as running, in English"),
    # rules on telemetry
    "key": L("what is measured"), "role": L("part it plays"), "asset_kind": L("kind of asset"),
    "above": L("above"), "below": L("below"), "rate": L("change a minute"),
    "silence": L("seconds without a point"), "clear": L("ends at"),
    "over_s": L("seconds it is taken over"), "lasting_s": L("seconds it must last"),
    "severity": L("severity"),
    # maintenance
    "kinds": L("kinds of machines"), "settings": L("settings"), "sensors": L("sensors"),
    "cycle": L("cycle of use"), "counter": L("tag that counts"),
    "running_tag": L("tag that is 1 while it runs"), "row": L("cycles in a row"),
    "horizon": L("horizon in cycles"), "normal_rows": L("rows of its own normal"),
    "between": L("rows between false alarms"), "crew": L("people by skill"),
    "spares": L("spares"), "part_kinds": L("kinds of parts replaced"),
    "lead_days": L("days until people can come"), "failure_yuan": L("cost of a failure"),
    "life_yuan": L("worth of what is replaced"), "downtime_yuan": L("cost of an hour’s stop"),
    "quiet_share": L("share of it in quiet hours"),
    # crops
    "grown_in": L("grown in"), "works": L("works"), "first_day": L("first day of the stage"),
    "last_day": L("last day of the stage"),
}  # fmt: skip
KINDS: Mapping[str, str | Promise] = {
    "category": L("Categories"), "offer": L("Services"), "service": L("Services"),
    "area": L("Areas"), "organisation": L("Organisations"), "user": L("People"),
    "membership": L("Roles"), "lead": L("Leads"), "town": L("Town"), "layer": L("Layers"),
    "rung": L("Cultivation ladder"), "per_mu": L("Performance per mu"),
    "ladder": L("Ladders"), "indicator": L("Indicators"), "target": L("Targets"),
    "scheme": L("Scoring schemes"),
    "bulletin": L("Bulletins"), "bulletintemplate": L("Bulletins"),
    "policy": L("Policies"), "price": L("Price table"), "programme": L("Programmes"),
    "node": L("Programmes"),
    "asset_kind": L("Kinds of assets"), "assetkind": L("Kinds of assets"),
    "skill": L("Skills"),
    "rule": L("Rules on telemetry"), "upkeep": L("Upkeep of machines"),
    "crop": L("Crops"),
}  # fmt: skip
VALUES: Mapping[str, str | Promise] = {
    "territorial": L("territorial side"), "functional": L("functional side"),
    "photo": L("photo"), "private": L("private matter"),
    "neighbourhood": L("neighbourhood matter"), "public": L("public matter"),
    "notice": L("notice"), "warning": L("warning"), "danger": L("danger"),
}  # fmt: skip
