import requests
import yaml


class Settings:
    def __init__(self, url):
        self.url = url
        self.values = {}

    def reload(self):
        answer = requests.get(self.url, timeout=4)
        if answer.status_code == 200:
            self.values = yaml.load(answer.text, Loader=yaml.UnsafeLoader)
        return self.values

    def __getitem__(self, name):
        return self.values[name]
