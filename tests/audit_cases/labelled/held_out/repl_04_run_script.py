"""Runs a script of the user with tracing: `trace.py script.py arguments...`."""

import runpy
import sys
import time


def trace(frame, event, argument):
    if event == "call":
        code = frame.f_code
        print(f"{time.perf_counter():.6f} {code.co_filename}:{code.co_name}", file=sys.stderr)
    return None


def main():
    sys.argv = sys.argv[1:]
    sys.setprofile(trace)
    try:
        runpy.run_path(sys.argv[0], run_name="__main__")
    finally:
        sys.setprofile(None)


if __name__ == "__main__":
    main()
