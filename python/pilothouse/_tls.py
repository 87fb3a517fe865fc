"""How Python clients speak TLS with a hub: the same rules as src/net/tls.h."""

from __future__ import annotations

import re
import ssl

_MAX_PEM_FILE = 1024 * 1024
_BLOCK = re.compile(
    rb"-----BEGIN (X509 )?CERTIFICATE-----\s[A-Za-z0-9+/=\s]+-----END (X509 )?CERTIFICATE-----"
)
# ssl.VERIFY_X509_PARTIAL_CHAIN, since Python 3.10: what is pinned need not be a root.
_PARTIAL_CHAIN = ssl.VerifyFlags(0x80000)

_HOSTNAME_MISMATCH, _IP_MISMATCH, _EXPIRED, _NOT_YET_VALID = 62, 64, 10, 9


def read_ca_file(path: str) -> str:
    """The certificates of a PEM file, checked. Raises ValueError with what is wrong."""
    try:
        with open(path, "rb") as file:
            content = file.read(_MAX_PEM_FILE + 1)
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from None
    if len(content) > _MAX_PEM_FILE:
        raise ValueError("is over 1 MiB")
    pem = "\n".join(match[0].decode() for match in _BLOCK.finditer(content))
    if not pem:
        raise ValueError("has no PEM certificate in it")
    try:
        client_context(pem)
    except ssl.SSLError:
        raise ValueError("has a damaged certificate in it") from None
    return pem + "\n"


def client_context(ca_pem: str | None) -> ssl.SSLContext:
    """Trusts the system's CAs, or only the certificates of `ca_pem`. Always verifies, the name too."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_COMPRESSION
    context.hostname_checks_common_name = False
    if ca_pem is None:
        context.load_default_certs()
    else:
        context.verify_flags |= _PARTIAL_CHAIN
        context.load_verify_locations(cadata=ca_pem)
    return context


def explain(error: ssl.SSLError, address: str) -> str:
    """Why there is no TLS with the hub, and what to do."""
    if not isinstance(error, ssl.SSLCertVerificationError):
        if error.reason in (
            "WRONG_VERSION_NUMBER",
            "HTTP_REQUEST",
            "PACKET_LENGTH_TOO_LONG",
            "RECORD_LAYER_FAILURE",
        ):
            return (
                f"no TLS with the hub at {address}: what answers there does not speak it. Use an address "
                "(pilothouse.address) with http://, or start the hub with --tls-cert and --tls-key."
            )
        if error.reason in ("UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION"):
            return (
                f"no TLS with the hub at {address}: it speaks only versions below 1.2. "
                "If that is a proxy, have it speak TLS 1.2 or 1.3."
            )
        return f"no TLS with the hub at {address}: {error.reason or error}"
    certificate = f"the certificate of the hub at {address}"
    if error.verify_code in (_HOSTNAME_MISMATCH, _IP_MISMATCH):
        return (
            f"{certificate} is for another host: {error.verify_message} Set the hub's address "
            "(pilothouse.address) to a name in the certificate, or give the hub one for this name."
        )
    if error.verify_code == _EXPIRED:
        return (
            f"{certificate} has expired. Give the hub a new one (serve --tls-cert, then SIGHUP), "
            "and see that this machine's clock is right."
        )
    if error.verify_code == _NOT_YET_VALID:
        return f"{certificate} is not valid yet. See that the clocks of both machines are right."
    return (
        f"{certificate} is not trusted: {error.verify_message}. Set pilothouse.tls.ca-file "
        "(DASK_PILOTHOUSE__TLS__CA_FILE, or ca_file=) to a PEM file with the CA's certificate, or with the "
        "hub's own if it is self-signed."
    )
