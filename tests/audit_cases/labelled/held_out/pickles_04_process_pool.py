import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor


def square(number):
    return number * number


def check(function):
    try:
        pickle.dumps(function)
    except (pickle.PicklingError, AttributeError) as error:
        raise TypeError(f"{function} cannot go to another process") from error
    return function


def squares(numbers):
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(mp_context=context) as pool:
        return list(pool.map(check(square), numbers, chunksize=64))
