"""Runs a function that the coordinator sends as source."""

import http.client
import types


def fetch_function(host, name):
    connection = http.client.HTTPSConnection(host, timeout=20)
    connection.request("GET", f"/functions/{name}")
    answer = connection.getresponse()
    text = answer.read().decode()
    module_code = compile(text, name, "exec")
    for constant in module_code.co_consts:
        if isinstance(constant, types.CodeType) and constant.co_name == name:
            return types.FunctionType(constant, {"__builtins__": __builtins__})
    raise LookupError(name)


def run(name, *args):
    return fetch_function("coordinator.example.com", name)(*args)
