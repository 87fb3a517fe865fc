import os

from flask import Flask, request

app = Flask(__name__)
NOTES = "/srv/notes"


@app.post("/notes")
def save():
    name = request.form["name"]
    with open(os.path.join(NOTES, name), "w") as file:
        file.write(request.form["text"])
    return "saved", 201
