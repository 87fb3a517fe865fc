"""Certificates made for one test."""

from __future__ import annotations

import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path

import trustme

DAY = timedelta(days=1)


class Authority:
    """A CA of one's own, in files."""

    def __init__(self, directory: Path, name: str = "ca"):
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.ca = trustme.CA(organization_name=name)
        self.file = directory / f"{name}.pem"
        self.ca.cert_pem.write_to_path(str(self.file))

    def issue(self, *hosts: str, name: str = "hub", expired: bool = False) -> tuple[Path, Path]:
        """A chain and a key; written over those of the same name."""
        now = datetime.now(timezone.utc)
        made = self.ca.issue_cert(
            *(hosts or ("127.0.0.1", "localhost")),
            not_before=now - 10 * DAY if expired else None,
            not_after=now - DAY if expired else None,
        )
        certificate, key = self.directory / f"{name}.pem", self.directory / f"{name}.key"
        certificate.write_bytes(b"".join(pem.bytes() for pem in made.cert_chain_pems))
        key.touch(mode=0o600)
        key.write_bytes(made.private_key_pem.bytes())
        return certificate, key


def tls_flags(certificate: Path, key: Path) -> tuple[str, ...]:
    return ("--tls-cert", str(certificate), "--tls-key", str(key))


def self_signed(directory: Path, *hosts: str) -> tuple[Path, Path]:
    """As `openssl req -x509` makes it for those who have no CA."""
    directory.mkdir(parents=True, exist_ok=True)
    certificate, key = directory / "self.pem", directory / "self.key"
    names = ",".join(f"{'IP' if host[0].isdigit() else 'DNS'}:{host}" for host in hosts)
    kind = (
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-batch",
        "-days",
        "10",
    )
    what = ("-subj", "/CN=hub", "-addext", f"subjectAltName={names}")
    subprocess.run(
        ["openssl", "req", *kind, *what, "-out", str(certificate), "-keyout", str(key)],
        check=True,
        capture_output=True,
    )
    key.chmod(0o600)
    return certificate, key
