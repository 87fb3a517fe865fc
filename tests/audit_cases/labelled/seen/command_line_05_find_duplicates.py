import hashlib
import os
import sys
from collections import defaultdict


def digest(path):
    value = hashlib.blake2b()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            value.update(block)
    return value.digest()


def duplicates(root):
    by_size = defaultdict(list)
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            if not os.path.islink(path):
                by_size[os.path.getsize(path)].append(path)
    by_digest = defaultdict(list)
    for paths in by_size.values():
        if len(paths) > 1:
            for path in paths:
                by_digest[digest(path)].append(path)
    return [paths for paths in by_digest.values() if len(paths) > 1]


for paths in duplicates(sys.argv[1]):
    print(*paths, sep="\n", end="\n\n")
