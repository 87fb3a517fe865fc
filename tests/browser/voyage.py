"""What the clusters of the scene work on."""

from __future__ import annotations

import time

import dask
import dask.array as da
from distributed import Client, Future, wait


def sum_of_tides(client: Client) -> None:
    depths = da.random.default_rng(7).normal(size=(1600, 1600), chunks=(200, 200))
    (depths + depths.T).mean(axis=0).std().compute()


def square(number: int) -> int:
    return number * number


def square_all(client: Client, count: int) -> None:
    client.gather(client.map(square, range(count), pure=False))


def read_gauge(number: int) -> float:
    time.sleep(0.01)
    if number in (3, 8):
        raise ValueError(f"gauge {number} is frozen")
    if number == 14:
        return {"north": 1.0}["south"]
    return number / 2


def calibrate(value: float) -> float:
    return value * 1.05


def read_gauges(client: Client) -> None:
    """20 gauges, of which three fail. Each takes the task behind it with it, and all of them the average."""
    readings = [dask.delayed(read_gauge)(number) for number in range(20)]
    calibrated = [dask.delayed(calibrate)(reading) for reading in readings]
    wait(client.compute([*calibrated, dask.delayed(sum)(calibrated)]))


def sail(mile: int, seconds: float = 0.02) -> int:
    time.sleep(seconds)
    return mile


def sail_away(client: Client, miles: int, seconds: float) -> list[Future]:
    futures: list[Future] = client.map(sail, range(miles), seconds=seconds, pure=False)
    return futures
