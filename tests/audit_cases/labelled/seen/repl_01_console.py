import code
import readline
import rlcompleter


class Console(code.InteractiveConsole):
    """A prompt over the objects of a simulation."""

    def __init__(self, world):
        super().__init__({"world": world, "step": world.step})
        self.banner = f"{len(world)} cells; step() goes on"

    def start(self):
        readline.set_completer(rlcompleter.Completer(self.locals).complete)
        readline.parse_and_bind("tab: complete")
        self.interact(self.banner, exitmsg="")
