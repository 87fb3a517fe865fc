import base64
import html
from pathlib import Path


class Picture:
    """Shown in a notebook without a file beside it."""

    def __init__(self, path, caption=""):
        self.data = base64.b64encode(Path(path).read_bytes()).decode("ascii")
        self.caption = caption

    def _repr_html_(self):
        return (
            f'<figure><img src="data:image/png;base64,{self.data}">'
            f"<figcaption>{html.escape(self.caption)}</figcaption></figure>"
        )
