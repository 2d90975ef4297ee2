"""Several processes at the one door at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from linli import clock
from linli.cases import chain
from linli.cases.intake import Fate, Report, receive
from linli.cases.models import Case
from linli.cases.models import Report as Row
from tests.cases.conftest import BRIDGE, MORNING
from tests.small_town import SmallTown

SIGNS = "春夏秋冬东南西北天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往"


@pytest.mark.django_db(transaction=True)
def test_what_two_systems_send_at_once_is_taken_in_once(tmp_path):
    SmallTown(tmp_path / "town").load()
    told = [
        Report(sign * 9, source="api", external_id=str(n), category="stalls",
               lon=BRIDGE[0], lat=BRIDGE[1])
        for n, sign in enumerate(SIGNS)
    ]  # fmt: skip
    start = Barrier(3)

    def send(_number):
        start.wait()
        try:
            with clock.at(MORNING):
                return [r.fate for at in range(0, len(told), 5) for r in receive(told[at : at + 5])]
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        fates = [fate for done in pool.map(send, range(3)) for fate in done]

    assert fates.count(Fate.NEW) == len(told)
    assert fates.count(Fate.REPEAT) == 2 * len(told)
    assert Row.objects.count() == Case.objects.count() == len(told)
    assert not [fault for case in Case.objects.all() for fault in chain.faults(case)]
