"""Events come in once, checked, and can be taken back."""

import copy

import pytest
from django.utils import translation

from linli.logistics.chain import book
from linli.logistics.chain.epcis.hashing import hash_of, name_of
from linli.logistics.chain.models import Capture, Edge, Event, Recipe, Supplied, Thing
from linli.logistics.chain.recalling import affected, reached
from tests.logistics.chain.events import (
    CRATE,
    FOAM,
    IRON,
    PALLET,
    SEAT,
    STEEL,
    Told,
    chain,
    event,
    gtin,
    lot,
    made,
    packed,
    received,
    thing,
)


def goods(uri, backward=False):
    found = reached([thing(uri).pk], None, backward)
    return {one.part or one.code for one in Thing.objects.filter(pk__in=found.goods.tolist())}


def test_the_same_event_captured_twice_is_one(told):
    told(*chain())
    again = told(*chain())

    assert again.is_taken and again.capture.new == 0
    assert Event.objects.count() == len(chain())


def test_the_same_event_in_other_words_is_the_same(told):
    one = received(lot(STEEL, "S1"), IRON, 1)
    other = copy.deepcopy(one)
    other["eventTime"] = "2026-02-28T17:00:00.000Z"
    other["bizStep"] = "https://ref.gs1.org/cbv/BizStep-receiving"
    link = f"https://a.example/01/{gtin(STEEL)}/10/S1"
    other["quantityList"][0] = {"quantity": 10.0, "uom": "KGM", "epcClass": link}
    told(one)

    assert told(other).is_taken and Event.objects.count() == 1


def test_a_document_with_one_bad_event_is_refused_whole_and_says_which(told):
    number = gtin(STEEL)[:-1] + ("0" if gtin(STEEL)[-1] != "0" else "1")
    bad = received(f"https://id.gs1.org/01/{number}/10/S9", IRON, 1)
    with translation.override("en"):
        taken = told(*chain(), bad)

    assert not taken.is_taken and Event.objects.count() == 0
    assert taken.capture.errors == [
        {"event": 7, "field": "quantityList.0.epcClass",
         "message": f"“https://id.gs1.org/01/{number}/10/S9” is no valid identifier: "
                    f"the check digit should be {gtin(STEEL)[-1]}."}]  # fmt: skip


def test_the_same_fault_is_told_in_chinese(told):
    bad = received(lot(STEEL, "S1"), IRON, 1)
    del bad["eventTimeZoneOffset"]
    with translation.override("zh-hans"):
        taken = told(bad)

    assert taken.capture.errors[0]["field"] == "eventTimeZoneOffset"
    assert taken.capture.errors[0]["message"] != "is missing."


def test_with_proceed_the_good_events_are_taken(told):
    bad = event("ObjectEvent", 1, "nonsense", action="OBSERVE", epcList=[PALLET])
    taken = told(*chain(), bad, on_error=Capture.OnError.PROCEED)

    assert taken.is_taken and taken.capture.new == len(chain())
    assert [fault["field"] for fault in taken.capture.errors] == ["bizStep"]


def test_a_lot_among_single_pieces_is_refused(told):
    bad = event("ObjectEvent", 1, "receiving", action="OBSERVE", epcList=[lot(STEEL, "S1")])

    assert told(bad).capture.errors[0]["field"] == "epcList.0"


def test_an_event_has_the_name_its_hash_gives_it(told):
    one = received(lot(STEEL, "S1"), IRON, 1)
    told(one)

    assert Event.objects.get().event_id == name_of(hash_of(one))


def test_a_name_that_another_event_bears_is_refused(told):
    told({**received(lot(STEEL, "S1"), IRON, 1), "eventID": "urn:uuid:1"})
    taken = told({**received(lot(STEEL, "S2"), IRON, 1), "eventID": "urn:uuid:1"})

    assert not taken.is_taken and taken.capture.errors[0]["field"] == "eventID"


def test_a_lot_leads_to_what_was_made_of_it_and_back(told):
    told(*chain())

    assert goods(lot(FOAM, "F1")) == {"F1", "A1", "A2"}
    assert goods(lot(STEEL, "S1")) == {"S1", "A1"}
    assert goods(lot(SEAT, "A1"), backward=True) == {"A1", "S1", "F1"}
    assert affected([thing(lot(STEEL, "S1")).pk], None).containers.tolist() == [thing(PALLET).pk]


def test_the_order_in_which_events_arrive_does_not_matter(told):
    for one in reversed(chain()):
        told(one)

    assert goods(lot(FOAM, "F1")) == {"F1", "A1", "A2"}
    assert affected([thing(lot(STEEL, "S1")).pk], None).containers.tolist() == [thing(PALLET).pk]


def test_parts_of_one_process_told_apart_belong_together(told):
    whole = made([lot(STEEL, "S1")], [lot(SEAT, "A1")], 5)
    took = {k: v for k, v in whole.items() if k != "outputQuantityList"}
    gave = {k: v for k, v in made([], [lot(SEAT, "A1")], 7).items() if k != "inputQuantityList"}
    told({**gave, "transformationID": "urn:x:run:1"})
    told({**took, "transformationID": "urn:x:run:1"})

    assert goods(lot(STEEL, "S1")) == {"S1", "A1"}


def test_a_crate_that_comes_back_carries_nothing_over(told):
    told(
        packed([lot(STEEL, "S1")], CRATE, 1), packed([lot(STEEL, "S1")], CRATE, 4, "DELETE"),
        packed([lot(STEEL, "S2")], CRATE, 6),
        event("TransformationEvent", 8, "commissioning", inputEPCList=[CRATE],
              outputQuantityList=[{"epcClass": lot(SEAT, "A1"), "quantity": 1}]),
    )  # fmt: skip

    assert goods(lot(STEEL, "S1")) == {"S1"}
    assert goods(lot(STEEL, "S2")) == {"S2", "A1"}


def test_unpacking_may_be_told_before_packing(told):
    told(packed([lot(STEEL, "S1")], CRATE, 4, "DELETE"))
    told(packed([lot(STEEL, "S1")], CRATE, 1))

    edge = Edge.objects.get()
    assert edge.since < edge.until


def test_taking_out_a_part_of_a_lot_leaves_the_rest_inside(told):
    told(packed([lot(STEEL, "S1")], CRATE, 1))
    some = packed([lot(STEEL, "S1")], CRATE, 2, "DELETE")
    some["childQuantityList"][0]["quantity"] = 4
    told(some)
    told(event("TransformationEvent", 8, "commissioning", inputEPCList=[CRATE],
               outputQuantityList=[{"epcClass": lot(SEAT, "A1"), "quantity": 1}]))  # fmt: skip

    assert goods(lot(STEEL, "S1")) == {"S1", "A1"}


def test_an_event_declared_an_error_leads_nowhere_any_more(told):
    told(*chain())
    wrong = made([lot(STEEL, "S1"), lot(FOAM, "F1")], [lot(SEAT, "A1")], 5)
    told({**wrong, "errorDeclaration": {"declarationTime": "2026-03-02T00:00:00Z",
                                        "reason": "did_not_occur"}})  # fmt: skip

    assert goods(lot(STEEL, "S1")) == {"S1"}
    assert Event.objects.filter(void=True).count() == 1
    assert Event.objects.count() == len(chain())
    assert sum(row.times for row in Recipe.objects.all()) == 1


def test_an_error_declared_before_its_event_arrives_holds_too(told):
    wrong = made([lot(STEEL, "S1")], [lot(SEAT, "A1")], 5)
    told({**wrong, "errorDeclaration": {"declarationTime": "2026-03-02T00:00:00Z"}})
    told(wrong)

    assert Event.objects.get().void and not Edge.objects.exists()


def test_taking_back_an_unpacking_puts_the_content_back(told):
    told(packed([lot(STEEL, "S1")], CRATE, 1), packed([lot(STEEL, "S1")], CRATE, 4, "DELETE"))
    told({**packed([lot(STEEL, "S1")], CRATE, 4, "DELETE"),
          "errorDeclaration": {"declarationTime": "2026-03-02T00:00:00Z"}})  # fmt: skip
    told(event("TransformationEvent", 8, "commissioning", inputEPCList=[CRATE],
               outputQuantityList=[{"epcClass": lot(SEAT, "A1"), "quantity": 1}]))  # fmt: skip

    assert goods(lot(STEEL, "S1")) == {"S1", "A1"}


def test_pieces_marked_as_of_a_lot_come_from_it(told):
    piece = "urn:epc:id:sgtin:6901234.200001.77"
    told(event("ObjectEvent", 6, "commissioning", action="ADD", epcList=[piece],
               ilmd={"cbvmda:lotNumber": "A1"}),
         made([lot(STEEL, "S1")], [lot(SEAT, "A1")], 5))  # fmt: skip

    assert goods(lot(STEEL, "S1")) == {"S1", "A1", "77"}


def test_what_a_supplier_delivered_is_counted_as_it_comes(told):
    told(*chain())

    assert {(row.code, row.lots) for row in Supplied.objects.all()} == {
        (gtin(STEEL), 2), (gtin(FOAM), 1)
    }  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_whoever_opens_the_page_of_drills_has_the_edges_read_meanwhile(plant):
    told = Told()
    told(*chain())
    assert book.prepare() is None, "few are asked from the database"

    try:
        book.prepare(at_least=3).join()
        assert len(book.KEPT) == Edge.objects.count()
        assert goods(lot(STEEL, "S1")) == {"S1", "A1"}
        assert book.prepare(at_least=3) is None
    finally:
        book.forget()
