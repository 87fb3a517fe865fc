import os
import time


def clear():
    os.system("cls" if os.name == "nt" else "clear")


def bar(share, width=40):
    full = int(share * width)
    return "[" + "#" * full + " " * (width - full) + f"] {share:4.0%}"


def watch(progress, every=0.5):
    while (share := progress()) < 1:
        clear()
        print(bar(share))
        time.sleep(every)
