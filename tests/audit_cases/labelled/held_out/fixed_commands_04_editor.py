"""Lets the user write a text in an editor."""

import os
import shlex
import subprocess
import tempfile


def edit(text="", suffix=".md"):
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    with tempfile.NamedTemporaryFile("w+", suffix=suffix, delete=False) as file:
        file.write(text)
    try:
        subprocess.check_call([*shlex.split(editor), file.name])
        with open(file.name) as written:
            return written.read()
    finally:
        os.unlink(file.name)
