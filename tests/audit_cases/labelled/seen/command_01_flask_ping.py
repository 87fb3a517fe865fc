import os

from flask import Flask, request

app = Flask(__name__)


@app.get("/ping")
def ping():
    host = request.args.get("host", "localhost")
    status = os.system("ping -c 1 " + host)
    return {"host": host, "up": status == 0}


if __name__ == "__main__":
    app.run()
