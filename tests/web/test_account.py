"""Coming in, staying in, going out: passwords, second factors, outside accounts, sessions."""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.socialaccount.models import SocialAccount
from django.contrib.sessions.models import Session
from django.test import Client

from linli.home import outside_accounts
from linli.people import sessions
from linli.people.models import AuditEntry, SignedIn, User
from tests.small_town import person

pytestmark = pytest.mark.usefixtures("town")
PASSWORD = "calm-lake-7"


@pytest.fixture
def officer():
    user = person("officer")
    user.set_password(PASSWORD)
    user.save()
    return user


def come_in(client: Client, password: str = PASSWORD, **more: str):
    return client.post("/sign-in/", {"username": "officer", "password": password, **more})


def confirm(client: Client, password: str = PASSWORD):
    return client.post("/settings/confirm/", {"password": password})


def english() -> Client:
    return Client(headers={"accept-language": "en"})


def is_in(client: Client) -> bool:
    return client.get("/cases/").status_code == 200


def code_of(user: User, step: int = 0) -> str:
    secret = Authenticator.objects.get(user=user, type="totp").wrap()
    from linli.people.signing_in import SecondFactorAdapter

    key = SecondFactorAdapter().decrypt(secret.instance.data["secret"])
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    return totp.format_hotp_value(totp.hotp_value(key, counter + step))


def test_a_person_comes_in_and_goes_where_they_wanted(officer):
    client = english()

    answer = come_in(client, next="/leagues/")

    assert answer["Location"] == "/leagues/"
    assert is_in(client)
    client.post("/sign-out/")
    assert not is_in(client)
    assert [e.action for e in AuditEntry.objects.all()[:2]] == ["sign-out", "sign-in"]


def test_who_guesses_a_password_must_wait_even_with_the_right_one(officer):
    for _ in range(10):
        assert come_in(english(), "wrong").status_code == 422

    refused = come_in(english())

    assert refused.status_code == 429
    assert "A little too often" in refused.text
    assert AuditEntry.objects.filter(action="sign-in-failed", key="officer").count() == 10
    other = person("head")
    other.set_password(PASSWORD)
    other.save()
    client = english()
    assert client.post("/sign-in/", {"username": "head", "password": PASSWORD}).status_code == 302


def test_what_was_typed_for_a_name_nobody_has_is_not_kept(officer):
    english().post("/sign-in/", {"username": "my-secret-password", "password": "officer"})

    entry = AuditEntry.objects.first()
    assert entry.action == "sign-in-failed"
    assert "secret" not in str(vars(entry))


def test_a_second_factor_is_asked_for(officer):
    totp.TOTP.activate(officer, totp.generate_totp_secret())
    client = english()

    answer = come_in(client)
    assert answer["Location"] == "/settings/second-factor/authenticate/"
    assert not is_in(client)
    assert client.get(answer["Location"]).status_code == 200
    client.post(answer["Location"], {"code": "000000"})
    assert not is_in(client)

    client.post(answer["Location"], {"code": code_of(officer)})
    assert is_in(client)


def test_codes_cannot_be_guessed_through(officer):
    totp.TOTP.activate(officer, totp.generate_totp_secret())
    client = english()
    come_in(client)
    for _ in range(10):
        client.post("/settings/second-factor/authenticate/", {"code": "12345x"})

    page = client.post("/settings/second-factor/authenticate/", {"code": code_of(officer)})

    assert "Too many failed tries" in page.text
    assert not is_in(client)


def test_the_password_cannot_be_guessed_where_it_is_asked_for_again(officer):
    client = english()
    come_in(client)
    for _ in range(10):
        confirm(client, "wrong")

    confirm(client)

    assert client.get("/settings/second-factor/totp/activate/").status_code == 302


def test_a_recovery_code_opens_once(officer):
    totp.TOTP.activate(officer, totp.generate_totp_secret())
    code = RecoveryCodes.activate(officer).generate_codes()[0]
    opened = []
    for _ in range(2):
        client = english()
        come_in(client)
        client.post("/settings/second-factor/authenticate/", {"code": code})
        opened.append(is_in(client))

    assert opened == [True, False]


def test_the_secret_of_a_second_factor_is_not_stored_as_it_is(officer):
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(officer, secret)

    assert secret not in json.dumps(Authenticator.objects.get(user=officer).data)


@pytest.mark.django_db(transaction=True)
def test_a_role_may_ask_for_a_second_factor(officer, settings):
    settings.MFA_ROLES = ["officer"]
    client = english()
    come_in(client)

    assert client.get("/cases/")["Location"] == "/settings/second-factor/totp/activate/"
    confirm(client)
    assert client.get("/settings/second-factor/totp/activate/").status_code == 200
    secret = client.session["mfa.totp.secret"]
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    code = totp.format_hotp_value(totp.hotp_value(secret, counter))
    client.post("/settings/second-factor/totp/activate/", {"code": code})

    assert is_in(client)
    client.post("/settings/second-factor/totp/deactivate/")
    assert Authenticator.objects.filter(user=officer, type="totp").exists()


def test_a_temporary_password_is_changed_before_anything_else(officer):
    User.objects.filter(pk=officer.pk).update(password_is_temporary=True)
    client = english()
    come_in(client)

    for path in ("/", "/cases/", "/report/", "/settings/"):
        assert client.get(path)["Location"] == "/settings/password/", path
    page = client.post("/settings/password/", {"old_password": PASSWORD,
        "new_password1": "still-water-8", "new_password2": "still-water-8"})  # fmt: skip
    assert page["Location"] == "/settings/"
    assert is_in(client)
    officer.refresh_from_db()
    assert not officer.password_is_temporary
    assert PASSWORD not in str(list(AuditEntry.objects.values()))


def test_i_end_my_other_sessions_and_nobody_elses(officer, enter):
    here, there, head = english(), english(), enter("head")
    come_in(here)
    come_in(there)
    page = here.get("/settings/")
    assert "Open sessions" in page.text
    theirs = SignedIn.objects.get(user=person("head"))
    other = SignedIn.objects.get(session=there.session.session_key)

    assert here.post(f"/settings/sessions/{theirs.pk}/end/").status_code == 404
    assert here.post(f"/settings/sessions/{other.pk}/end/").status_code == 302

    assert is_in(here)
    assert not is_in(there)
    assert is_in(head)


def test_a_changed_password_ends_all_other_sessions(officer):
    here, there = english(), english()
    come_in(here)
    come_in(there)

    here.post("/settings/password/", {"old_password": PASSWORD,
        "new_password1": "still-water-8", "new_password2": "still-water-8"})  # fmt: skip

    assert is_in(here)
    assert not is_in(there)


def test_a_session_in_use_goes_on_and_an_idle_one_ends(officer):
    client = english()
    come_in(client)
    session = client.session
    session[sessions.SEEN] -= sessions.NOTE_AFTER_S + 1
    session.save()
    row = Session.objects.get(session_key=session.session_key)
    Session.objects.filter(pk=row.pk).update(expire_date=row.expire_date.replace(year=2999))

    assert is_in(client)
    assert Session.objects.get(pk=row.pk).expire_date.year < 2999  # its end was set anew
    Session.objects.filter(pk=row.pk).update(expire_date=row.expire_date.replace(year=2001))
    assert not is_in(client)


def test_nobody_signs_up_unless_the_town_wants_it(settings):
    told = {"name": "水生", "username": "shuisheng", "password1": "still-water-8",
            "password2": "still-water-8"}  # fmt: skip
    english().post("/sign-up/", told)
    assert not User.objects.filter(username="shuisheng").exists()
    assert "Make an account" not in english().get("/sign-in/").text

    settings.SIGN_UP = True
    client = english()
    assert "Make an account" in client.get("/sign-in/").text
    client.post("/sign-up/", told)

    assert is_in(client)
    user = User.objects.get(username="shuisheng")
    assert user.name == "水生"
    assert not user.memberships.exists()


# --- an account elsewhere --------------------------------------------------------------------


class Elsewhere(BaseHTTPRequestHandler):
    """A small identity provider: whoever comes back from it is “u-17”."""

    def _answer(self) -> None:
        base = f"http://127.0.0.1:{self.server.server_port}"
        answers = {
            "/.well-known/openid-configuration": {
                "issuer": base, "authorization_endpoint": f"{base}/authorize",
                "token_endpoint": f"{base}/token", "userinfo_endpoint": f"{base}/userinfo",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            },
            "/token": {"access_token": "t", "token_type": "Bearer"},
            "/userinfo": {"sub": "u-17", "name": "Wu Li"},
        }  # fmt: skip
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.dumps(answers[urlsplit(self.path).path]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = _answer  # noqa: N815

    def log_message(self, *_told: object) -> None:
        """Say nothing."""


@pytest.fixture
def elsewhere(settings):
    server = HTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    settings.SOCIALACCOUNT_PROVIDERS = outside_accounts(
        {"LINLI_OIDC_URL": url, "LINLI_OIDC_ID": "linli", "LINLI_OIDC_SECRET": "s",
         "LINLI_OIDC_NAME": "浙政钉"}
    )  # fmt: skip
    yield url
    server.shutdown()
    server.server_close()


def _there_and_back(client: Client):
    way = re.search(r'href="(/sign-in/oidc/[^"]*)"', client.get("/sign-in/").text)
    out = client.get(way[1])["Location"]
    state = parse_qs(urlsplit(out).query)["state"][0]
    return client.get(f"{way[1].split('login')[0]}login/callback/", {"code": "c", "state": state})


def test_an_outside_account_opens_what_an_administrator_linked_it_to(elsewhere, officer):
    stranger = english()
    refused = _there_and_back(stranger)
    assert refused.status_code == 403
    assert "not linked to anybody" in refused.text
    assert not is_in(stranger)

    SocialAccount.objects.create(user=officer, provider="oidc", uid="u-17")
    client = english()
    assert _there_and_back(client).status_code == 302
    assert is_in(client)
    assert client.session["_auth_user_id"] == str(officer.pk)


def test_nobody_links_an_outside_account_to_themselves(elsewhere, enter):
    client = enter("worker")
    out = client.get("/sign-in/oidc/oidc/login/", {"process": "connect"})
    assert out.status_code in (302, 403, 404)
    if out.status_code == 302:
        state = parse_qs(urlsplit(out["Location"]).query)["state"][0]
        client.get("/sign-in/oidc/oidc/login/callback/", {"code": "c", "state": state})

    assert not SocialAccount.objects.exists()


def test_an_outside_account_opens_no_closed_one(elsewhere, officer):
    SocialAccount.objects.create(user=officer, provider="oidc", uid="u-17")
    User.objects.filter(pk=officer.pk).update(is_active=False)
    client = english()

    assert _there_and_back(client).status_code == 403
    assert not is_in(client)


# --- what the pages look like -----------------------------------------------------------------

PAGES = ("/settings/", "/settings/password/", "/settings/second-factor/",
         "/settings/second-factor/totp/activate/", "/settings/confirm/")  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_the_account_pages_are_in_one_language(officer, path):
    client = Client(headers={"accept-language": "zh-hans"})
    come_in(client)
    if path != "/settings/confirm/":
        confirm(client)
    page = client.get(path)

    assert page.status_code == 200
    main = re.search(r"<main.*</main>", page.text, re.S)[0]
    words = re.sub(r"<script.*?</script>|<[^>]+>|[A-Z2-7]{16,}", " ", main, flags=re.S)
    left = set(re.findall(r"[A-Za-z]{3,}", words)) - {"English", "officer", "API"}
    assert not left
    assert "style=" not in page.text
    assert not re.search(r"<script(?![^>]*(?:src=|application/json))", page.text)
