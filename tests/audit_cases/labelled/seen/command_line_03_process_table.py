import getpass

import psutil


def mine():
    user = getpass.getuser()
    for process in psutil.process_iter(["pid", "name", "username", "memory_info"]):
        if process.info["username"] == user and process.info["memory_info"]:
            yield process.info["memory_info"].rss, process.info["pid"], process.info["name"]


def main():
    for size, pid, name in sorted(mine(), reverse=True)[:20]:
        print(f"{size / 2**20:9.1f} MiB {pid:>7} {name}")


if __name__ == "__main__":
    main()
