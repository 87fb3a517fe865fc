"""An icon as data, so that the window needs no file."""

import base64
import tkinter

ICON = """
iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAYAAAAf8/9hAAAAGklEQVR42mNk+M9QDwADhgGAWjR9
awAAAABJRU5ErkJggg==
"""


class Window(tkinter.Tk):
    def __init__(self, title):
        super().__init__()
        self.title(title)
        self.icon = tkinter.PhotoImage(data=base64.b64decode(ICON))
        self.iconphoto(True, self.icon)
