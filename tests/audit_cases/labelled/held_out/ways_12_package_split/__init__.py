from .runtime import *

start()
