import datetime
import shutil
from pathlib import Path


def backup(folder, target, keep=7):
    folder, target = Path(folder), Path(target)
    target.mkdir(parents=True, exist_ok=True)
    stamp = datetime.datetime.now().strftime("%Y%m%d-%H%M%S")
    made = shutil.make_archive(str(target / f"{folder.name}-{stamp}"), "gztar", folder)
    old = sorted(target.glob(f"{folder.name}-*.tar.gz"))[:-keep]
    for path in old:
        path.unlink()
    return made
