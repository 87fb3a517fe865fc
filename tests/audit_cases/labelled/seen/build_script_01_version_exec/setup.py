import os

from setuptools import find_packages, setup

here = os.path.dirname(os.path.abspath(__file__))

about = {}
with open(os.path.join(here, "tidytable", "_version.py"), encoding="utf-8") as file:
    exec(file.read(), about)

with open(os.path.join(here, "README.rst"), encoding="utf-8") as file:
    readme = file.read()

setup(
    name="tidytable",
    version=about["__version__"],
    long_description=readme,
    packages=find_packages(exclude=["tests"]),
    python_requires=">=3.8",
    install_requires=["numpy"],
)
