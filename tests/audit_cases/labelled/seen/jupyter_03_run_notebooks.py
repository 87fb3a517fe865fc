import sys
from pathlib import Path

import nbformat
from nbconvert.preprocessors import CellExecutionError, ExecutePreprocessor


def run(path, timeout=600):
    notebook = nbformat.read(path, as_version=4)
    executor = ExecutePreprocessor(timeout=timeout, kernel_name="python3")
    try:
        executor.preprocess(notebook, {"metadata": {"path": str(path.parent)}})
    except CellExecutionError as error:
        print(f"{path}: {error}", file=sys.stderr)
        return False
    nbformat.write(notebook, path)
    return True


sys.exit(not all([run(path) for path in sorted(Path("notebooks").glob("*.ipynb"))]))
