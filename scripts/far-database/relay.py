"""Passes bytes on to the unix socket of a PostgreSQL and back, each way so many milliseconds late."""

import asyncio
import sys

address, port, socket, delay = sys.argv[1], int(sys.argv[2]), sys.argv[3], float(sys.argv[4]) / 1000


class End(asyncio.Protocol):
    """One end of a connection; what arrives here leaves at the other one, later."""

    def __init__(self, other=None):
        self.other, self.early = other, []

    def connection_made(self, transport):
        self.transport = transport
        if self.other is None:
            asyncio.ensure_future(self.reach())

    async def reach(self):
        loop = asyncio.get_running_loop()
        _, self.other = await loop.create_unix_connection(lambda: End(self), socket)
        for data in self.early:
            self.pass_on(data)

    def data_received(self, data):
        if self.other is None:
            self.early.append(data)
        else:
            self.pass_on(data)

    def pass_on(self, data):
        asyncio.get_running_loop().call_later(delay, self.other.transport.write, data)

    def connection_lost(self, error):
        if self.other is not None:
            asyncio.get_running_loop().call_later(delay, self.other.transport.close)


async def main():
    server = await asyncio.get_running_loop().create_server(End, address, port)
    await server.serve_forever()


asyncio.run(main())
