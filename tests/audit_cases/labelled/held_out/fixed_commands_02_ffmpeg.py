import shutil
import subprocess


class Transcoder:
    def __init__(self, preset="medium"):
        self.preset = preset
        self.program = shutil.which("ffmpeg")
        if self.program is None:
            raise FileNotFoundError("ffmpeg is not installed")

    def command(self, source, target):
        return [self.program, "-y", "-i", source, "-preset", self.preset, "-c:a", "aac", target]

    def run(self, source, target):
        return subprocess.run(self.command(source, target), check=True)
