import dill
import redis


class Queue:
    def __init__(self, url, name):
        self.redis = redis.Redis.from_url(url)
        self.name = name

    def get(self):
        _, body = self.redis.blpop(self.name)
        return dill.loads(body)


def work(queue):
    while True:
        function, args = queue.get()
        function(*args)
