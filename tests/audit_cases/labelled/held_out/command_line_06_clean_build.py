import shutil
import sys
from pathlib import Path

PATTERNS = ("build", "dist", "*.egg-info", "**/__pycache__", ".pytest_cache")


def clean(root, dry):
    for pattern in PATTERNS:
        for path in sorted(root.glob(pattern)):
            print("remove", path.relative_to(root))
            if not dry:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


if __name__ == "__main__":
    clean(Path(__file__).resolve().parent, "--dry-run" in sys.argv)
