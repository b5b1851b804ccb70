"""Passes connections of HOST:PORT on to a Unix socket, each byte so many milliseconds late; the way back as well."""

import asyncio
import sys


async def carry(reader, writer, seconds):
    """Lets what is read pass after the delay, however much is under way."""
    loop = asyncio.get_running_loop()
    while data := await reader.read(65536):
        loop.call_later(seconds, writer.write, data)
    loop.call_later(seconds, writer.close)


async def main(host, port, socket, milliseconds):
    half = float(milliseconds) / 2000

    async def connect(reader, writer):
        database, to_database = await asyncio.open_unix_connection(socket)
        await asyncio.gather(
            carry(reader, to_database, half), carry(database, writer, half), return_exceptions=True
        )

    server = await asyncio.start_server(connect, host, int(port))
    await server.serve_forever()


asyncio.run(main(*sys.argv[1:]))
