import subprocess
from pathlib import Path


def version(root=Path(__file__).parent):
    try:
        done = subprocess.run(
            ["git", "describe", "--tags", "--dirty", "--always"],
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done.stdout.strip().removeprefix("v")


__version__ = version()
