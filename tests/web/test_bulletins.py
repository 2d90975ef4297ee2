"""The page of bulletins: for those who lead, with files, steps through time, few questions."""

from linli import clock
from linli.scores import tallies
from tests.cases.conftest import MORNING, tell


def test_the_page_shows_the_last_month_and_offers_its_files(town, enter):
    with clock.at(MORNING):
        tell("桥上摆摊占道")
        tallies.fold()
        client = enter("leader")

        page = client.get("/bulletins/", follow=True)

        assert page.request["PATH_INFO"] == "/bulletins/2026-02/"
        for kind, begins in (("docx", b"PK"), ("pdf", b"%PDF"), ("html", b"<!doctype")):
            address = f"/bulletins/2026-02/{kind}/"
            assert address in page.text
            file = client.get(address)
            assert file.content.lstrip().startswith(begins)
            assert "attachment" in file["Content-Disposition"]
        assert "/bulletins/2026-01/" in page.text and "/bulletins/2026-03/" in page.text


def test_bulletins_are_for_those_who_lead(town, enter):
    with clock.at(MORNING):
        for address in ("/bulletins/", "/bulletins/month/", "/bulletins/month/pdf/",
                        "/bulletins/month/cases/"):  # fmt: skip
            assert enter("officer").get(address).status_code == 403


def test_what_there_is_not_is_not_found(town, enter):
    with clock.at(MORNING):
        client = enter("leader")
        for address in ("/bulletins/2026-04/", "/bulletins/soon/", "/bulletins/month/odt/",
                        "/bulletins/month/cases/?figure=luck",
                        "/bulletins/month/cases/?figure=received&grid=mars"):  # fmt: skip
            assert client.get(address).status_code == 404
        assert client.get("/bulletins/?period=soon").status_code == 422


def test_a_bulletin_that_was_asked_for_before_asks_the_database_little(
    town, enter, django_assert_max_num_queries
):
    with clock.at(MORNING):
        tell("桥上摆摊占道")
        tallies.fold()
        client = enter("leader")
        client.get("/bulletins/2026-02/")

        with django_assert_max_num_queries(40):
            client.get("/bulletins/2026-02/")
