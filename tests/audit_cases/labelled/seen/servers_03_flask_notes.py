import sqlite3

from flask import Flask, abort, g, request

app = Flask(__name__)


def database():
    if "database" not in g:
        g.database = sqlite3.connect("notes.db")
    return g.database


@app.get("/notes/<int:number>")
def note(number):
    row = database().execute("select text from notes where id = ?", (number,)).fetchone()
    return {"text": row[0]} if row else abort(404)


@app.post("/notes")
def add():
    text = request.get_json()["text"][:10_000]
    cursor = database().execute("insert into notes (text) values (?)", (text,))
    database().commit()
    return {"id": cursor.lastrowid}, 201
