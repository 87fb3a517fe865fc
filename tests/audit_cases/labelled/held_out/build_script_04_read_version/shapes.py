__version__ = "0.9.2"


def main():
    print(__version__)
