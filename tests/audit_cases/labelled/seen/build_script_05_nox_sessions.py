import nox

nox.options.sessions = ["tests", "lint"]


@nox.session(python=["3.10", "3.11", "3.12"])
def tests(session):
    session.install("-e", ".[test]")
    session.run("pytest", "-q", *session.posargs)


@nox.session
def lint(session):
    session.install("ruff", "mypy")
    session.run("ruff", "check", "src")
    session.run("mypy", "src", env={"MYPY_CACHE_DIR": "/tmp/mypy"})


@nox.session
def docs(session):
    session.install("sphinx")
    session.run("sphinx-build", "-W", "docs", "docs/_build")
