from pathlib import Path

from distributed import Client
from distributed.diagnostics.plugin import UploadDirectory


def prepare(client, package):
    root = Path(package).resolve()
    if not (root / "__init__.py").exists():
        raise ValueError(f"{root} is not a package")
    client.register_plugin(UploadDirectory(str(root), restart_workers=False, update_path=True))


def versions(client):
    return client.run(lambda: __import__("sys").version_info[:3])


if __name__ == "__main__":
    with Client("tcp://127.0.0.1:8786") as client:
        prepare(client, "analysis")
        print(versions(client))
