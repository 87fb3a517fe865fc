import functools
import time

import requests


def timed(method):
    @functools.wraps(method)
    def call(self, request, **kwargs):
        began = time.perf_counter()
        answer = method(self, request, **kwargs)
        SECONDS.append((request.url, time.perf_counter() - began))
        return answer

    return call


SECONDS = []


class TimedSession(requests.Session):
    send = timed(requests.Session.send)


def slowest(count=5):
    return sorted(SECONDS, key=lambda pair: -pair[1])[:count]
