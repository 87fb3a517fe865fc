import ast

import requests


def thresholds(url):
    """Reads a table written as a Python literal."""
    text = requests.get(url, timeout=10).text
    table = ast.literal_eval(text)
    if not isinstance(table, dict):
        raise TypeError("expected a mapping")
    return {str(name): float(value) for name, value in table.items()}


def over(measured, limits):
    return [name for name, value in measured.items() if value > limits.get(name, float("inf"))]
