class Engine:
    def __init__(self):
        self.scope = {}

    def load(self, source):
        code = compile(source, "<profile>", "exec")
        self.run(code)

    def run(self, code):
        exec(code, self.scope)
