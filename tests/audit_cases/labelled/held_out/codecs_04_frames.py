import struct
import zlib

HEADER = struct.Struct("!4sII")
MAGIC = b"FRM1"


def pack(payload):
    body = zlib.compress(payload, 6)
    return HEADER.pack(MAGIC, len(body), zlib.crc32(body)) + body


def unpack(data):
    magic, size, checksum = HEADER.unpack_from(data)
    body = data[HEADER.size : HEADER.size + size]
    if magic != MAGIC or zlib.crc32(body) != checksum:
        raise ValueError("not a frame")
    return zlib.decompress(body)
