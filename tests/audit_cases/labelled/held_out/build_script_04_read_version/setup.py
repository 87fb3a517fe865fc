import pathlib
import re

from setuptools import setup

HERE = pathlib.Path(__file__).parent
VERSION = re.search(r'^__version__ = "([^"]+)"', (HERE / "shapes.py").read_text(), re.M).group(1)

setup(
    name="shapes",
    version=VERSION,
    py_modules=["shapes"],
    extras_require={"test": ["pytest"], "docs": ["sphinx"]},
    entry_points={"console_scripts": ["shapes=shapes:main"]},
)
