#include "trust/audit/engine/test_programs.h"

// What was proved of a value before it ran: of twins, one passes its check, the other has none that counts.
namespace pilothouse::audit::test {
namespace {

struct Checked {
  const char* name;
  const char* program;
};

void PrintTo(const Checked& checked, std::ostream* out) { *out << checked.name; }

const Checked kPrograms[] = {
    {"Hash", R"py(
import hashlib, requests
code = requests.get("https://a.example").content  # from
if hashlib.sha256(code).hexdigest() == "ab12":
    exec(code)  # to, hash)py"},
    {"HashOrRaise", R"py(
import hashlib, requests
code = requests.get("https://a.example").content  # from
if hashlib.sha256(code).hexdigest() != "ab12":
    raise ValueError("not what was expected")
exec(code)  # to, hash)py"},
    {"HashOrExit", R"py(
import hashlib, sys, requests
code = requests.get("https://a.example").content  # from
if hashlib.sha256(code).hexdigest() != "ab12":
    sys.exit(1)
exec(code)  # to, hash)py"},
    {"HashOrReturn", R"py(
import hashlib, requests
def run():
    code = requests.get("https://a.example").content  # from
    if not hashlib.sha256(code).hexdigest() == "ab12":
        return None
    exec(code)  # to, hash)py"},
    {"HashAsserted", R"py(
import hashlib, requests
code = requests.get("https://a.example").content  # from
assert hashlib.sha256(code).hexdigest() == "ab12"
exec(code)  # to, hash)py"},
    {"HashCompared", R"py(
import hashlib, hmac, requests
code = requests.get("https://a.example").content  # from
digest = hashlib.new("sha256", code).digest()
if hmac.compare_digest(digest, b"ab12"):
    exec(code)  # to, hash)py"},
    {"HashUpdated", R"py(
import hashlib, requests
code = requests.get("https://a.example").content  # from
digest = hashlib.sha256()
digest.update(code)
if digest.hexdigest() == "ab12":
    exec(code)  # to, hash)py"},
    {"HashOfTheDecoded", R"py(
import base64, hashlib, requests
code = base64.b64decode(requests.get("https://a.example").content)  # from
if hashlib.sha256(code).hexdigest() in ("ab12", "cd34"):
    exec(code)  # to, hash)py"},
    {"HashInAHelper", R"py(
import hashlib, requests
def is_good(data):
    return hashlib.sha256(data).hexdigest() == "ab12"
code = requests.get("https://a.example").content  # from
if is_good(code):
    exec(code)  # to, hash)py"},
    {"HashInAHelperThatRaises", R"py(
import hashlib, requests
def demand(data):
    if hashlib.sha256(data).hexdigest() != "ab12":
        raise ValueError("not what was expected")
code = requests.get("https://a.example").content  # from
demand(code)
exec(code)  # to, hash)py"},
    {"HashInAMethod", R"py(
import hashlib, requests
class Loader:
    def fetch(self, url):
        code = requests.get(url).content  # from
        self.demand(code)
        return code
    def demand(self, data):
        if hashlib.sha256(data).hexdigest() != "ab12":
            raise ValueError("not what was expected")
    def run(self, url):
        exec(self.fetch(url))  # to, hash)py"},
    {"HashInATry", R"py(
import hashlib, requests
def run():
    code = requests.get("https://a.example").content  # from
    try:
        assert hashlib.sha256(code).hexdigest() == "ab12"
    except AssertionError:
        return
    exec(code)  # to, hash)py"},
    {"HashAndMore", R"py(
import hashlib, requests
def run(wanted):
    code = requests.get("https://a.example").content  # from
    if wanted and hashlib.sha256(code).hexdigest() == "ab12":
        exec(code)  # to, hash)py"},
    {"Hmac", R"py(
import hmac, requests
KEY = b"0123456789abcdef"
def run():
    code = requests.get("https://a.example").content  # from
    if hmac.compare_digest(hmac.new(KEY, code, "sha256").hexdigest(), "ab12"):
        exec(code)  # to, hash)py"},
    {"Signature", R"py(
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
KEY = Ed25519PublicKey.from_public_bytes(bytes.fromhex("00" * 32))
def run(signature):
    code = requests.get("https://a.example").content  # from
    KEY.verify(signature, code)
    exec(code)  # to, signature)py"},
    // What does not count.
    {"HashAfter", R"py(
import hashlib, requests
code = requests.get("https://a.example").content  # from
exec(code)  # to
assert hashlib.sha256(code).hexdigest() == "ab12")py"},
    {"HashOfOtherData", R"py(
import hashlib, requests
code = requests.get("https://a.example").content  # from
other = open("a.txt", "rb").read()
if hashlib.sha256(other).hexdigest() == "ab12":
    exec(code)  # to)py"},
    {"HashOfNothing", R"py(
import hashlib, requests
code = requests.get("https://a.example").content  # from
if hashlib.sha256(b"").hexdigest() == "ab12":
    exec(code)  # to)py"},
    {"HashNotCompared", R"py(
import hashlib, requests
code = requests.get("https://a.example").content  # from
print(hashlib.sha256(code).hexdigest())
exec(code)  # to)py"},
    {"HashOnTheWrongSide", R"py(
import hashlib, requests
code = requests.get("https://a.example").content  # from
if hashlib.sha256(code).hexdigest() != "ab12":
    exec(code)  # to)py"},
    {"HashButGoesOn", R"py(
import hashlib, requests
code = requests.get("https://a.example").content  # from
if hashlib.sha256(code).hexdigest() != "ab12":
    print("not what was expected")
exec(code)  # to)py"},
    {"HashInATryThatGoesOn", R"py(
import hashlib, requests
def run():
    code = requests.get("https://a.example").content  # from
    try:
        assert hashlib.sha256(code).hexdigest() == "ab12"
    except AssertionError:
        pass
    exec(code)  # to)py"},
    {"HashOrMore", R"py(
import hashlib, requests
def run(forced):
    code = requests.get("https://a.example").content  # from
    if forced or hashlib.sha256(code).hexdigest() == "ab12":
        exec(code)  # to)py"},
    {"HashFromTheSamePlace", R"py(
import hashlib, requests
code = requests.get("https://a.example/a.py").content  # from
wanted = requests.get("https://a.example/a.sha256").text
if hashlib.sha256(code).hexdigest() == wanted:
    exec(code)  # to)py"},
    {"HashThenAnother", R"py(
import hashlib, requests
code = requests.get("https://a.example").content
assert hashlib.sha256(code).hexdigest() == "ab12"
code = requests.get("https://a.example").content  # from
exec(code)  # to)py"},
    {"KeyFromTheSamePlace", R"py(
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
def run(signature):
    code = requests.get("https://a.example").content  # from
    key = Ed25519PublicKey.from_public_bytes(requests.get("https://b.example").content)
    key.verify(signature, code)
    exec(code)  # to)py"},
    {"SignatureSwallowed", R"py(
import requests
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
KEY = Ed25519PublicKey.from_public_bytes(bytes.fromhex("00" * 32))
def run(signature):
    code = requests.get("https://a.example").content  # from
    try:
        KEY.verify(signature, code)
    except InvalidSignature:
        pass
    exec(code)  # to)py"},
    {"HelperThatSaysYes", R"py(
import hashlib, requests
def is_good(data):
    hashlib.sha256(data).hexdigest() == "ab12"
    return True
code = requests.get("https://a.example").content  # from
if is_good(code):
    exec(code)  # to)py"},
    {"CheckedOnOneWayOnly", R"py(
import hashlib, requests
def run(careful):
    code = requests.get("https://a.example").content  # from
    if careful:
        assert hashlib.sha256(code).hexdigest() == "ab12"
    exec(code)  # to)py"},
    {"CheckedInALoop", R"py(
import hashlib, requests
def run(wanted):
    code = requests.get("https://a.example").content  # from
    for digest in wanted:
        if hashlib.sha256(code).hexdigest() == "ab12":
            break
    exec(code)  # to)py"},
};

class Checks : public testing::TestWithParam<Checked> {};

TEST_P(Checks, CountWhereTheyHold) { expect_marked(GetParam().program); }

INSTANTIATE_TEST_SUITE_P(Programs, Checks, testing::ValuesIn(kPrograms),
                         [](const auto& checked) { return std::string(checked.param.name); });

}  // namespace
}  // namespace pilothouse::audit::test
