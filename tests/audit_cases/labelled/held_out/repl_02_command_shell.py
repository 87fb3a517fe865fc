import cmd
import shlex


class Notes(cmd.Cmd):
    prompt = "notes> "

    def __init__(self):
        super().__init__()
        self.notes = {}

    def do_add(self, line):
        """add NAME TEXT"""
        name, *words = shlex.split(line)
        self.notes[name] = " ".join(words)

    def do_list(self, line):
        """list"""
        for name, text in sorted(self.notes.items()):
            print(f"{name}: {text}")

    def do_quit(self, line):
        """quit"""
        return True


if __name__ == "__main__":
    Notes().cmdloop()
