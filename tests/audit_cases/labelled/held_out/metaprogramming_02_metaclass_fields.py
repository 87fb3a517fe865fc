class Field:
    def __init__(self, kind, default=None):
        self.kind, self.default = kind, default

    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, instance, owner=None):
        return self if instance is None else getattr(instance, self.name, self.default)

    def __set__(self, instance, value):
        setattr(instance, self.name, self.kind(value))


class Meta(type):
    def __new__(mcls, name, bases, scope):
        scope["fields"] = tuple(key for key, value in scope.items() if isinstance(value, Field))
        return super().__new__(mcls, name, bases, scope)


class Model(metaclass=Meta):
    def __init__(self, **values):
        for name, value in values.items():
            setattr(self, name, value)


class Person(Model):
    name = Field(str)
    age = Field(int, 0)
