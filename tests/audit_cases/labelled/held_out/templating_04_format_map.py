class Missing(dict):
    def __missing__(self, key):
        return "{" + key + "}"


def fill(text, **values):
    """Fills what is known, and leaves the rest."""
    return text.format_map(Missing(values))


def mails(template, people):
    for person in people:
        yield person["address"], fill(template, **person)


if __name__ == "__main__":
    for address, text in mails("Hi {name}, see {link}", [{"address": "a@example.com", "name": "Ada"}]):
        print(address, text)
