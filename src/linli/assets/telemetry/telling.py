"""What telemetry makes a case of: an alarm of a rule, and faults of a tag that stay."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from linli.assets.register import health
from linli.assets.register.models import Asset, Health
from linli.assets.register.telling import tell
from linli.assets.telemetry import rules
from linli.assets.telemetry.models import Reason, Refusal, Rule, Tag, Watch
from linli.assets.telemetry.refused import SPELL
from linli.assets.telemetry.rules import RuleEntry
from linli.assets.telemetry.saying import number
from linli.cases.models import Source
from linli.clock import now

BY, DANGER = "telemetry", "danger"
STAYS = timedelta(minutes=15)  # a fault that is there for so long needs somebody


def _day_and_hour(at: datetime) -> str:
    return timezone.localtime(at).strftime("%m-%d %H:%M")


def alarm(
    rule: Rule, entry: RuleEntry, tag_id: int, peak: float, since: datetime, value: float
) -> int:
    """Open the case of a rule that a tag has broken; return its key."""
    tag = Tag.objects.select_related("asset").get(pk=tag_id)
    with translation.override(settings.LANGUAGE_CODE):
        words = {
            "asset": tag.asset, "rule": rule, "tag": tag, "value": number(peak), "unit": tag.unit,
            "limit": number(entry.threshold), "code": tag.code, "since": _day_and_hour(since),
        }  # fmt: skip
        title = _("%(asset)s: %(rule)s") % words
        if entry.silence is not None:
            body = _("%(tag)s (%(code)s) has sent nothing since %(since)s.") % words
        elif entry.rate is not None:
            body = _("%(tag)s (%(code)s) changes by %(value)s %(unit)s a minute since %(since)s; "
                     "the limit is %(limit)s.") % words  # fmt: skip
        else:
            body = _("%(tag)s (%(code)s) has been at %(value)s %(unit)s since %(since)s; the limit "
                     "is %(limit)s.") % words  # fmt: skip
        case = tell(
            tag.asset, entry.category, title[:200], body, source=Source.TELEMETRY,
            external_id=f"rule:{rule.pk}:{tag.pk}",
        )  # fmt: skip
    return int(case.pk)


def say_health(assets: set[int]) -> None:
    """Say how assets are by the alarms that stand: act on a danger, watch any other."""
    raised: dict[int, list[Watch]] = {asset: [] for asset in assets}
    rows = Watch.objects.filter(tag__asset__in=assets, state=Watch.State.RAISED)
    for watch in rows.select_related("rule", "tag"):
        raised[watch.tag.asset_id].append(watch)
    for asset in Asset.objects.filter(pk__in=assets):
        worst = sorted(raised[asset.pk], key=lambda w: w.rule.definition.get("severity") != DANGER)
        if not worst:
            health.say(asset, BY, Health.State.OK)
            continue
        rule = worst[0].rule
        is_danger = rule.definition.get("severity") == DANGER
        state = Health.State.ACT if is_danger else Health.State.WATCH
        health.say(asset, BY, state, rule.name, rule.name_en)


def faults_that_stay() -> int:
    """Open one case for each tag whose points are refused again and again; return how many."""
    at = now()
    rows = Refusal.objects.filter(told=False, last_at__gt=at - SPELL, tag__isnull=False)
    rows = rows.filter(spell_since__lte=at - STAYS).exclude(reason=Reason.BACK)
    opened = 0
    with translation.override(settings.LANGUAGE_CODE):
        for row in rows.select_related("tag__asset")[:50]:
            assert row.tag is not None
            words = {
                "tag": row.tag, "code": row.tag.code, "reason": row.get_reason_display(),
                "asset": row.tag.asset, "last": row.last,
                "since": _day_and_hour(row.spell_since),
            }  # fmt: skip
            tell(
                row.tag.asset, rules.ALARM,
                (_("%(asset)s: %(tag)s sends no good values") % words)[:200],
                _("Points of %(code)s are refused since %(since)s: %(reason)s. The last one: "
                  "%(last)s.") % words,
                source=Source.TELEMETRY,
                external_id=f"refused:{row.tag.pk}:{row.reason}",
            )  # fmt: skip
            row.told = True
            row.save(update_fields=["told"])
            opened += 1
    return opened
