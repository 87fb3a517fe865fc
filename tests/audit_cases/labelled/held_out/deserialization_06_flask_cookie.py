import base64
import pickle

from flask import Flask, make_response, request

app = Flask(__name__)


@app.route("/cart")
def cart():
    cookie = request.cookies.get("cart")
    items = pickle.loads(base64.b64decode(cookie)) if cookie else []
    return {"items": items}


@app.route("/cart/<sku>", methods=["POST"])
def add(sku):
    answer = make_response("ok")
    answer.set_cookie("cart", base64.b64encode(pickle.dumps([sku])).decode())
    return answer
