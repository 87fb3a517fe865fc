import shlex
import subprocess


def remote(host, *words):
    command = " ".join(shlex.quote(word) for word in words)
    return subprocess.run(["ssh", "-o", "BatchMode=yes", host, command], capture_output=True, text=True, check=True)


def free(host, path):
    lines = remote(host, "df", "--output=avail", "-k", path).stdout.splitlines()
    return int(lines[-1]) * 1024
