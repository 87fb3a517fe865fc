import asyncio

import aiohttp


class Runner:
    def __init__(self):
        self.queue = asyncio.Queue()

    async def feed(self, url):
        async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
            async for message in socket:
                await self.queue.put(message.data)

    async def drain(self):
        while True:
            text = await self.queue.get()
            exec(text, {})


async def main():
    runner = Runner()
    await asyncio.gather(runner.feed("wss://feed.example.com"), runner.drain())
