"""What is sent too often waits, whoever asks, and no address is kept."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from linli.people.limits import limited
from linli.people.models import Attempts

pytestmark = pytest.mark.django_db


@limited("wish", times=2)
def wish(request):
    return HttpResponse("taken in")


def ask(method: str = "post", address: str = "192.0.2.7") -> HttpResponse:
    return wish(getattr(RequestFactory(), method)("/", REMOTE_ADDR=address))


def test_a_form_is_taken_only_so_often_from_one_address():
    assert [ask().status_code for _ in range(3)] == [200, 200, 429]
    assert int(ask()["Retry-After"]) > 0
    assert ask(address="192.0.2.8").status_code == 200
    assert ask("get").status_code == 200


def test_no_address_is_kept():
    ask()

    row = Attempts.objects.get()
    assert "192.0.2.7" not in row.who
    assert len(row.who) == 32


def test_old_counts_are_forgotten():
    ask()
    Attempts.objects.update(ends_at=1)

    assert ask().status_code == 200
    assert Attempts.objects.count() == 1
