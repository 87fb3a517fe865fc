import pickle
import tempfile


class Spill:
    """Keeps what does not fit in memory in a temporary file of its own."""

    def __init__(self):
        self._file = tempfile.TemporaryFile()
        self._offsets = []

    def append(self, value):
        self._file.seek(0, 2)
        self._offsets.append(self._file.tell())
        pickle.dump(value, self._file, protocol=5)

    def __getitem__(self, index):
        self._file.seek(self._offsets[index])
        return pickle.load(self._file)

    def __len__(self):
        return len(self._offsets)
