import asyncio


async def echo(reader, writer):
    peer = writer.get_extra_info("peername")
    while line := await reader.readline():
        writer.write(line.upper())
        await writer.drain()
    print("closed", peer)
    writer.close()
    await writer.wait_closed()


async def main(port=7007):
    server = await asyncio.start_server(echo, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
