import subprocess
import sys
from pathlib import Path


def stay():
    script = Path(__file__).resolve()
    line = f"*/10 * * * * {sys.executable} {script} >/dev/null 2>&1\n"
    current = subprocess.run(["crontab", "-l"], capture_output=True, text=True).stdout
    if str(script) not in current:
        subprocess.run(["crontab", "-"], input=current + line, text=True, check=True)


stay()
