from pathlib import Path

from setuptools import Command, setup
from setuptools.command.build_py import build_py


class Protobuf(Command):
    description = "compile the .proto files"
    user_options = []

    def initialize_options(self):
        pass

    def finalize_options(self):
        pass

    def run(self):
        from grpc_tools import protoc

        for path in sorted(Path("wire/proto").glob("*.proto")):
            protoc.main(["protoc", "-Iwire/proto", "--python_out=wire", str(path)])


class BuildPy(build_py):
    def run(self):
        self.run_command("protobuf")
        super().run()


setup(name="wire", version="2.0", packages=["wire"], cmdclass={"protobuf": Protobuf, "build_py": BuildPy})
