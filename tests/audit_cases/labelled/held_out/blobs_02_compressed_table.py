"""The frequencies of letters, packed by tools/pack.py."""

import base64
import json
import zlib

_PACKED = (
    b'c-k$?OA3H63`Nncl#WHx);7l76ciLh!OuwCyNSu{9Uk}blOG(kA!6hF^=}|3jH>8^Ji7vOU@VG4@'
    b'@xjojMI=3V>SRW4n-!xsOX|Js{y3B6%ot(0aj2Rpa'
)


def frequencies():
    return json.loads(zlib.decompress(base64.b85decode(_PACKED)))


FREQUENCIES = frequencies()


def score(text):
    return sum(FREQUENCIES.get(letter, 0) for letter in text.lower())
