import statistics
import timeit

CASES = {
    "list": "list(range(1000))",
    "comprehension": "[n for n in range(1000)]",
    "map": "[*map(int, range(1000))]",
}


def measure(number=1000, repeat=5):
    table = {}
    for name, statement in CASES.items():
        seconds = timeit.repeat(statement, number=number, repeat=repeat)
        table[name] = statistics.median(seconds) / number
    return table


if __name__ == "__main__":
    for name, seconds in sorted(measure().items(), key=lambda item: item[1]):
        print(f"{name:<14}{seconds * 1e6:8.2f} us")
