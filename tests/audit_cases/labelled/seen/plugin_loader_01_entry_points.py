from importlib.metadata import entry_points


class Registry:
    """Readers by file suffix; each may come from a package of its own."""

    def __init__(self, group="tabletools.readers"):
        self.group = group
        self._readers = {}

    def load(self):
        for point in entry_points(group=self.group):
            reader = point.load()
            for suffix in getattr(reader, "suffixes", ()):
                self._readers.setdefault(suffix, reader)
        return self

    def reader(self, path):
        suffix = path.rsplit(".", 1)[-1].lower()
        try:
            return self._readers[suffix](path)
        except KeyError:
            raise LookupError(f"no reader for .{suffix} files") from None
