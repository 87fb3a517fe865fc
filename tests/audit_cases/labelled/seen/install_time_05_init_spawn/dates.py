import datetime


def parse(text):
    return datetime.date.fromisoformat(text)
