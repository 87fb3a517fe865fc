"""Finds dead relative links and anchors in the Markdown files of the repository. It uses no network."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parent.parent
FENCE = re.compile(r"^(?P<mark>```+|~~~+).*?^(?P=mark)[ \t]*$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`+[^`\n]*`+")
LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*<?(?P<inline>[^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
DEFINITION = re.compile(r"^\[[^\]]+\]:\s*(?P<target>\S+)", re.MULTILINE)
HEADING = re.compile(r"^#{1,6}\s+(?P<text>.+?)\s*#*\s*$", re.MULTILINE)
SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def blank(match: re.Match[str]) -> str:
    """Removes text, but keeps its line breaks, so that line numbers stay right."""
    return "\n" * match[0].count("\n")


@cache
def anchors(path: Path) -> set[str]:
    """The anchors that hosts of Git repositories make of the headings of a page."""
    found: set[str] = set()
    for heading in HEADING.finditer(FENCE.sub(blank, path.read_text(encoding="utf-8"))):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading["text"])
        slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
        unique, number = slug, 0
        while unique in found:
            number += 1
            unique = f"{slug}-{number}"
        found.add(unique)
    return found


def problem(page: Path, link: str) -> str | None:
    target, _, anchor = unquote(link).partition("#")
    path = (page.parent / target).resolve() if target else page
    if not path.is_relative_to(ROOT):
        return "leads out of the repository"
    if not path.exists():
        return "leads to nothing"
    if anchor and (path.suffix != ".md" or anchor not in anchors(path)):
        return "has an anchor that does not exist"
    return None


def main() -> int:
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    pages = sorted({ROOT / name for name in names if (ROOT / name).exists()})
    links = errors = 0
    for page in pages:
        text = FENCE.sub(blank, page.read_text(encoding="utf-8"))
        text = CODE.sub(lambda match: "x" * len(match[0]), text)
        for match in (*LINK.finditer(text), *DEFINITION.finditer(text)):
            link = match[1]
            if SCHEME.match(link):
                continue
            links += 1
            if (what := problem(page, link)) is not None:
                errors += 1
                line = text.count("\n", 0, match.start()) + 1
                print(f"{page.relative_to(ROOT)}:{line}: {link} {what}", file=sys.stderr)
    print(f"links: {len(pages)} pages, {links} relative links, {errors} dead")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
