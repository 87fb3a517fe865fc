"""Lists the hosts of the user's SSH configuration, for completion in a shell."""

import fnmatch
from pathlib import Path


def hosts(path=Path("~/.ssh/config")):
    names = []
    for line in path.expanduser().read_text().splitlines():
        word, _, rest = line.strip().partition(" ")
        if word.lower() == "host":
            names.extend(name for name in rest.split() if not any(c in name for c in "*?!"))
    return names


def complete(prefix):
    return sorted(name for name in hosts() if fnmatch.fnmatch(name, prefix + "*"))


if __name__ == "__main__":
    print("\n".join(complete("")))
