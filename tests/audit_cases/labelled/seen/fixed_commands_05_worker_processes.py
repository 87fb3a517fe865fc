import os
import signal
import subprocess
import sys


class Pool:
    """Starts this module again as workers."""

    def __init__(self, count=os.cpu_count()):
        command = [sys.executable, "-m", "crunch.worker", "--parent", str(os.getpid())]
        self.processes = [subprocess.Popen([*command, "--index", str(n)]) for n in range(count)]

    def stop(self, timeout=10):
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            process.wait(timeout)
