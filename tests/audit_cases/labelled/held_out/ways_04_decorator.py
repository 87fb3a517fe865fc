import functools

import requests


def remote(url):
    """Replaces a function by the code at a URL; the function's body is the default."""

    def decorate(function):
        @functools.wraps(function)
        def call(*args, **kwargs):
            answer = requests.get(url, timeout=5)
            if answer.ok:
                scope = dict(zip(function.__code__.co_varnames, args))
                exec(answer.text, scope)
                return scope.get("result")
            return function(*args, **kwargs)

        return call

    return decorate


@remote("https://functions.example.com/score.py")
def score(row):
    return row["a"] + row["b"]
