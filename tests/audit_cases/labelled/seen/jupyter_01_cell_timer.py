import time

from IPython.core.magic import Magics, line_cell_magic, magics_class


@magics_class
class Timer(Magics):
    @line_cell_magic
    def took(self, line, cell=None):
        began = time.perf_counter()
        result = self.shell.run_cell(cell if cell is not None else line)
        print(f"{time.perf_counter() - began:.3f} s")
        return result.result


def load_ipython_extension(shell):
    shell.register_magics(Timer)
