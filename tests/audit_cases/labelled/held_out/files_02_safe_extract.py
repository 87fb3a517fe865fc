import os
import tarfile


def inside(root, path):
    root = os.path.realpath(root)
    return os.path.commonpath([root, os.path.realpath(os.path.join(root, path))]) == root


def extract(archive, target):
    with tarfile.open(archive) as tar:
        for member in tar.getmembers():
            if not member.isreg() and not member.isdir():
                continue
            if not inside(target, member.name):
                raise ValueError(f"{member.name} would leave {target}")
            tar.extract(member, target, filter="data")
