from pathlib import Path
from string import Template

PAGE = Template(
    """<!doctype html>
<title>$title</title>
<h1>$title</h1>
$body
"""
)


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def render(title, paragraphs, target):
    body = "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    Path(target).write_text(PAGE.substitute(title=escape(title), body=body), encoding="utf-8")
