import configparser
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mail:
    host: str
    port: int
    tls: bool


def load(path=Path("~/.config/mailer.ini")):
    parser = configparser.ConfigParser()
    with path.expanduser().open() as file:
        parser.read_file(file)
    section = parser["mail"]
    return Mail(section["host"], section.getint("port", 587), section.getboolean("tls", True))
