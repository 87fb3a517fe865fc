"""A client of the weather service."""

import requests


class WeatherError(Exception):
    pass


class Weather:
    def __init__(self, key, base="https://api.example.com/v3"):
        self.base = base
        self.session = requests.Session()
        self.session.headers["X-Api-Key"] = key

    def _get(self, path, **params):
        answer = self.session.get(self.base + path, params=params, timeout=10)
        if not answer.ok:
            raise WeatherError(f"{answer.status_code}: {answer.text[:200]}")
        return answer.json()

    def forecast(self, city, days=3):
        return [day["summary"] for day in self._get("/forecast", q=city, days=days)["days"]]

    def now(self, city):
        return self._get("/now", q=city)["temperature"]
