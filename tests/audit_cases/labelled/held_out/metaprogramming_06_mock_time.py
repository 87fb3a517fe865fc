import contextlib
import time
from unittest import mock


class Clock:
    def __init__(self, now=0.0):
        self.now = now

    def sleep(self, seconds):
        self.now += seconds


@contextlib.contextmanager
def frozen(now=1_700_000_000.0):
    clock = Clock(now)
    with mock.patch.object(time, "time", lambda: clock.now), mock.patch.object(time, "sleep", clock.sleep):
        yield clock


def test_sleep():
    with frozen() as clock:
        time.sleep(5)
        assert time.time() == clock.now == 1_700_000_005.0
