"""Pages: trace, recall, passport, suppliers; and who sees them."""

import pytest
from django.test import Client
from django.urls import reverse

from linli.assets.inspection.chained import Chained, chained
from linli.assets.inspection.models import Lot, Product
from linli.assets.register import tree
from linli.assets.register.models import Asset
from linli.cases.models import Case
from linli.cases.refusal import Refused
from linli.clock import now
from linli.logistics.chain import book, calling_back, drills, passports, suppliers
from linli.logistics.chain.calling_back import page_of_case
from linli.logistics.chain.models import Drill, Party, Passport, Ware
from linli.logistics.chain.recalling import affected, reached
from linli.logistics.chain.visibility import owners
from linli.logistics.delivery.models import Depot, Order
from linli.people.models import Organisation, User
from linli.people.scope import scope
from tests.logistics.chain.events import (
    FOAM,
    IRON,
    PALLET,
    SEAT,
    SHOP,
    STEEL,
    chain,
    gtin,
    lot,
    made,
    received,
    thing,
)


def person(username):
    return User.objects.get(username=username)


def browser(username=None, language="en"):
    client = Client(headers={"accept-language": language})
    if username:
        client.force_login(person(username), "linli.people.signing_in.Accounts")
    return client


@pytest.fixture
def full(told, morning):
    told(*chain())
    own = {"owner": told.owner}
    Party.objects.create(code="iron", name="铁厂", name_en="Ironworks", kind="supplier",
                         gln="6901234100010", country="CN", contact="王先生 13800000000",
                         **own)  # fmt: skip
    party = Party.objects.get()
    from linli.engines.gs1 import key

    party.gln = key(IRON).code
    party.save()
    Party.objects.create(code="shop", name="商店", name_en="Shop", kind="customer",
                         gln=key(SHOP).code, **own)  # fmt: skip
    Ware.objects.create(gtin=gtin(SEAT), name="座椅", name_en="Seat", **own)
    Ware.objects.create(gtin=gtin(STEEL), name="钢材", name_en="Steel", **own)
    return told


def test_a_lots_page_shows_both_directions_in_one_graph_and_one_table(full):
    page = browser("inspector").get(reverse("chain-thing", args=[thing(lot(SEAT, "A1")).pk]))
    words = page.content.decode()

    assert page.status_code == 200
    for name in ("S1", "F1", "Seat", "trace-graph", "What would a recall reach?"):
        assert name in words
    assert "A2" not in words


def test_a_number_typed_leads_to_its_lot(full):
    answer = browser("inspector").get(reverse("chain"), {"q": "A1"})

    assert answer["Location"] == reverse("chain-thing", args=[thing(lot(SEAT, "A1")).pk])


def test_a_recall_says_which_lots_where_they_are_and_whom_to_tell(full):
    found = drills.drill(scope(person("inspector")), drills.Asked(lot="S1"))

    assert {line.thing.part for line in found.lines} == {"S1", "A1"}
    assert found.containers == 1
    assert [(name, n) for name, n, _party in found.told] == [("商店", 1)]


def test_a_recall_of_a_supplier_reaches_all_its_lots_went_into(full):
    found = drills.drill(scope(person("inspector")), drills.Asked(supplier="iron"))

    assert {line.thing.part for line in found.lines} == {"S1", "S2", "A1", "A2"}


def test_what_lies_on_a_shipped_pallet_is_where_the_pallet_is(full):
    from tests.logistics.chain.events import event

    full(event("ObjectEvent", 20, "arriving", "https://id.gs1.org/414/" + gln_of_shop(),
               action="OBSERVE", epcList=[PALLET]))  # fmt: skip
    found = drills.drill(scope(person("inspector")), drills.Asked(lot="S1"))

    assert {line.thing.part: line.place for line in found.lines}["A1"] == "商店"


def gln_of_shop():
    return Party.objects.get(code="shop").gln


def test_the_recall_page_offers_all_as_a_file_and_keeps_the_drill(full):
    client = browser("inspector")
    page = client.get(reverse("recall"), {"lot": "F1"}).content.decode()
    file = b"".join(client.get(reverse("recall-file"), {"lot": "F1"}).streaming_content).decode()
    client.post(reverse("record-drill"), {"lot": "F1"})

    assert "3 lots are affected" in page
    assert file.count("\r\n") == 4 and "A1" in file
    assert Drill.objects.get().lots == 3


def test_a_recall_in_earnest_opens_one_case_of_the_plant_until_that_has_ended(full):
    client = browser("inspector")
    page = client.get(reverse("recall"), {"lot": "S1"}).content.decode()
    for _again in range(2):
        client.post(reverse("record-drill"), {"lot": "S1", "case": "1"})

    case = Case.objects.get()
    assert "Call these lots back" in page
    assert [row.case for row in Drill.objects.all()] == [case, case]
    assert (case.source, case.category.code) == ("logistics", "lot-hold")
    assert case.functional.code == "p1-quality"
    assert "Ironworks" not in case.body and "商店 (1)" in case.body
    answer = client.get(reverse("recall"), {"lot": "S1"}).content.decode()
    assert case.code in answer and "Call these lots back" not in answer
    assert page_of_case(case) == f"{reverse('recall')}?lot=S1"
    Case.objects.update(state="closed")
    client.post(reverse("record-drill"), {"lot": "S1", "case": "1"})
    assert Case.objects.count() == 2


def test_the_page_of_an_inspected_lot_shows_the_code_of_its_passport(full):
    plant = Asset(code="P1", level="plant", kind="plant", name="示范工厂", organisation=full.owner)
    tree.save(plant)
    product = Product.objects.create(code="seat", name="座椅", asset=plant)
    found = Lot.objects.create(code="A1", product=product, began_at=now(), last_at=now())
    sight = scope(person("inspector"))
    assert chained(sight, found) is None, "no goods say that they are this product"

    Ware.objects.filter(gtin=gtin(SEAT)).update(product="seat")
    row = thing(lot(SEAT, "A1"))
    assert chained(sight, found) == Chained(reverse("chain-thing", args=[row.pk]))
    passports.release(row, person("inspector"), ["made"])
    page = browser("chief").get(reverse("inspection-lot", args=[found.pk])).content.decode()
    assert reverse("chain-code", args=[row.pk]) in page
    assert reverse("passport", args=[gtin(SEAT), "A1"]) in page


def test_nobody_calls_back_the_goods_of_others(full):
    with pytest.raises(Refused):
        calling_back.call_back(
            scope(person("operator")), person("operator"), drills.Asked(lot="S1")
        )

    assert not Case.objects.exists()


def test_asked_from_memory_and_from_the_database_the_answer_is_the_same(full):
    start = [thing(lot(FOAM, "F1")).pk]
    stored = reached(start, None)
    book.KEPT.version = -1
    book.KEPT.refresh()
    kept = reached(start, None)
    book.forget()

    assert stored.nodes.tolist() == kept.nodes.tolist()


def test_memory_is_brought_up_to_date_by_what_changed_only(full):
    book.forget()
    book.KEPT.refresh()
    full(made([lot(SEAT, "A1")], [lot(SEAT, "B1")], 12))
    wrong = made([lot(STEEL, "S1"), lot(FOAM, "F1")], [lot(SEAT, "A1")], 5)
    full({**wrong, "errorDeclaration": {"declarationTime": "2026-03-02T00:00:00Z"}})

    assert affected([thing(lot(SEAT, "A1")).pk], None).goods.tolist() == sorted(
        [thing(lot(SEAT, "A1")).pk, thing(lot(SEAT, "B1")).pk])  # fmt: skip
    assert len(affected([thing(lot(STEEL, "S1")).pk], None).goods) == 1
    book.forget()


def test_the_public_sees_only_what_was_released(full):
    address = reverse("passport", args=[gtin(SEAT), "A1"])
    before = browser().get(address)
    passports.release(
        thing(lot(SEAT, "A1")), person("inspector"), ["maker", "origin"], "好椅子", "Good"
    )
    page = browser().get(address).content.decode()
    passports.withdraw(thing(lot(SEAT, "A1")), person("inspector"))

    assert before.status_code == 404
    assert "Ironworks" in page and "Good" in page and "CN" in page
    assert "13800000000" not in page and "What happened to it" not in page
    assert browser().get(address).status_code == 410


def test_a_passport_says_what_was_true_when_it_was_released(full):
    row = passports.release(thing(lot(SEAT, "A1")), person("inspector"), ["origin"])
    Party.objects.filter(code="iron").update(name_en="Other name")

    page = browser().get(reverse("passport", args=[gtin(SEAT), "A1"])).content.decode()

    assert row.content["origin"] == [["铁厂", "Ironworks", "CN"]] and "Other name" not in page


def test_nobody_releases_the_lot_of_somebody_else(full):
    with pytest.raises(Refused):
        passports.release(thing(lot(SEAT, "A1")), person("officer"), ["maker"])
    assert not Passport.objects.exists()


def test_the_code_of_a_lot_leads_to_its_passport(full):
    answer = browser("inspector").get(reverse("chain-code", args=[thing(lot(SEAT, "A1")).pk]))

    assert answer["Content-Type"] == "image/svg+xml" and b"<svg" in answer.content


def test_a_supplier_whom_nobody_can_stand_in_for_is_named(full):
    sight = scope(person("inspector"))
    cards = {card.name: card for card in suppliers.cards(sight, owners(sight))}
    assert cards["铁厂"].lots == 2 and cards["铁厂"].alone_for == ["座椅"]

    full(received(lot(STEEL, "S3"), "urn:epc:id:pgln:6901234.10009", 30))

    cards = {card.name: card for card in suppliers.cards(sight, owners(sight))}
    assert cards["铁厂"].alone_for == []


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_opens_in_both_languages(full, language):
    client = browser("chief", language)
    pk = thing(lot(SEAT, "A1")).pk
    for address in (reverse("chain"), reverse("chain-thing", args=[pk]), reverse("recall"),
                    reverse("recall") + "?lot=S1", reverse("suppliers"),
                    reverse("chain-passport", args=[pk])):  # fmt: skip
        assert client.get(address).status_code == 200, address


def test_others_see_neither_pages_nor_lots(full):
    pk = thing(lot(SEAT, "A1")).pk

    assert browser().get(reverse("chain")).status_code == 302
    assert browser("officer").get(reverse("chain-thing", args=[pk])).status_code == 404
    assert drills.drill(scope(person("officer")), drills.Asked(lot="S1")).lots == 0


def test_parties_come_in_by_import_and_a_wrong_gln_is_named(full):
    from linli.tables import declared

    writer = declared()["parties"].writer
    sight = scope(person("inspector"))
    good = {"code": "new", "name": "新", "kind": "supplier", "gln": "4012345000054"}
    bad = {**good, "gln": "4012345000055"}

    assert writer.check(sight, [good]) == ["new"]
    assert writer.check(sight, [bad])[0][0].column == "gln"
    assert writer.write(sight, [good]) == ["new"]
    assert writer.write(sight, [good]) == ["unchanged"]


def test_the_page_of_a_lot_says_in_which_delivery_it_went(full):
    depot = Depot.objects.create(
        code="D1", name="成品库", lon=121.01, lat=30.71, owner=Organisation.objects.get(code="p1")
    )
    Order.objects.create(
        depot=depot, number="SO-7", customer="商店", day="2026-03-11", lot="A1", made_at=now()
    )

    page = browser("inspector").get(reverse("chain-thing", args=[thing(lot(SEAT, "A1")).pk]))

    assert "SO-7" in page.text and "<span>Open</span>" in page.text
    other = browser("inspector").get(reverse("chain-thing", args=[thing(lot(SEAT, "A2")).pk]))
    assert "SO-7" not in other.text
