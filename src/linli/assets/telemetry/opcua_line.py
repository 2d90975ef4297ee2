"""A client for an OPC UA server: who we are to it, and, where asked for, signed and encrypted.

Certificates are files of the installation, below `LINLI_HOME/opcua`:

    own/certificate.der, own/key.pem    what this installation shows (made by `linli telemetry
                                        certificate`, or one that the plant's authority issued)
    trusted/<code>.der                  the certificate of the server of a source
    seen/<code>.der                     what a server showed that is not trusted yet: once somebody
                                        has compared its fingerprint, it is moved to `trusted`
"""

import socket
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from linli.assets.telemetry.models import Source

APPLICATION = "urn:linli:telemetry"
DAYS = 3650


class NotTrusted(Exception):
    """What is missing for a secured line, in words."""


def home() -> Path:
    """Return the folder of the certificates."""
    return Path(settings.HOME) / "opcua"


def own() -> tuple[Path, Path]:
    """Return where our certificate and its key lie."""
    return home() / "own" / "certificate.der", home() / "own" / "key.pem"


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of a certificate, as people compare it."""
    digest = sha256(path.read_bytes()).hexdigest().upper()
    return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))


def make(days: int = DAYS) -> Path:
    """Make our own key and a certificate that we sign ourselves, unless there are any.

    Returns
    -------
    The certificate, which whoever runs the server adds to those that it trusts.
    """
    import os

    from asyncua.crypto import cert_gen
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509.oid import ExtendedKeyUsageOID

    certificate, key = own()
    if certificate.exists() or key.exists():
        return certificate
    key.parent.mkdir(parents=True, exist_ok=True)
    private = cert_gen.generate_private_key()
    host = socket.gethostname()
    made = cert_gen.generate_self_signed_app_certificate(
        private, "Linli", {},
        [x509.UniformResourceIdentifier(APPLICATION), x509.DNSName(host)],
        extended=[ExtendedKeyUsageOID.CLIENT_AUTH], days=days,
    )  # fmt: skip
    descriptor = os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(cert_gen.dump_private_key_as_pem(private))
    certificate.write_bytes(made.public_bytes(Encoding.DER))
    return certificate


async def client_of(source: Source, timeout: float) -> Any:
    """Return a client that is not connected yet.

    Raises
    ------
    NotTrusted
        If the line is to be secured, and our certificate or that of the server is missing.
    """
    from asyncua import Client

    client = Client(source.address, timeout=timeout)
    if source.username:
        client.set_user(source.username)
        client.set_password(source.secret)
    if source.security:
        await _secure(client, source)
    return client


async def _secure(client: Any, source: Source) -> None:
    from asyncua.crypto import security_policies
    from asyncua.ua import MessageSecurityMode

    certificate, key = own()
    if not (certificate.is_file() and key.is_file()):
        missing = _("Our certificate or its key is missing: linli telemetry certificate makes "
                    "%(certificate)s.")  # fmt: skip
        raise NotTrusted(missing % {"certificate": certificate})
    trusted = home() / "trusted" / f"{source.code}.der"
    policy = getattr(security_policies, f"SecurityPolicy{source.security}")
    if not trusted.is_file():
        raise NotTrusted(await _seen(client, source, policy))
    client.application_uri = _uri_in(certificate)
    await client.set_security(
        policy, certificate, key, server_certificate=str(trusted),
        mode=MessageSecurityMode.SignAndEncrypt,
    )  # fmt: skip


async def _seen(client: Any, source: Source, policy: Any) -> str:
    """Keep what a server shows beside, and say what is to be done with it."""
    from asyncua.ua import MessageSecurityMode

    offered = await client.connect_and_get_server_endpoints()
    shown = [
        one.ServerCertificate for one in offered
        if one.SecurityPolicyUri == policy.URI
        and one.SecurityMode == MessageSecurityMode.SignAndEncrypt
    ]  # fmt: skip
    if not shown or not shown[0]:
        return _("The server offers no %(policy)s with signing and encryption.") % {
            "policy": source.security
        }
    kept = home() / "seen" / f"{source.code}.der"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(shown[0])
    words = _("The certificate of the server is not trusted yet: compare its SHA-256 %(mark)s with "
              "what the server says of itself, then move %(seen)s to %(trusted)s.")  # fmt: skip
    trusted = home() / "trusted" / kept.name
    return words % {"mark": fingerprint(kept), "seen": kept, "trusted": trusted}


def _uri_in(certificate: Path) -> str:
    """Return the name that our certificate gives us: servers compare it with what we say."""
    from cryptography import x509

    told = certificate.read_bytes()
    is_pem = told.startswith(b"-----")
    read = x509.load_pem_x509_certificate if is_pem else x509.load_der_x509_certificate
    names = read(told).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    found = names.get_values_for_type(x509.UniformResourceIdentifier)
    return str(found[0]) if found else APPLICATION
