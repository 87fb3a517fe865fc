import subprocess
import tarfile
import urllib.request


def release(version, keyring="/usr/share/keyrings/tool.gpg"):
    base = f"https://releases.example.org/tool-{version}.tar.gz"
    for suffix in ("", ".asc"):
        urllib.request.urlretrieve(base + suffix, f"tool.tar.gz{suffix}")
    subprocess.run(["gpgv", "--keyring", keyring, "tool.tar.gz.asc", "tool.tar.gz"], check=True)
    with tarfile.open("tool.tar.gz") as archive:
        archive.extractall("tool", filter="data")
