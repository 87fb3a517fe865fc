import base64
import time

import requests


class OAuth:
    def __init__(self, client, secret, url="https://login.example.com/token"):
        self._basic = base64.b64encode(f"{client}:{secret}".encode()).decode()
        self._url = url
        self._token, self._until = None, 0.0

    def token(self):
        if time.time() > self._until - 30:
            answer = requests.post(
                self._url,
                data={"grant_type": "client_credentials"},
                headers={"Authorization": f"Basic {self._basic}"},
                timeout=10,
            )
            answer.raise_for_status()
            body = answer.json()
            self._token = body["access_token"]
            self._until = time.time() + body["expires_in"]
        return self._token
