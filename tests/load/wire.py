"""One connection to the service, and what is right about any answer."""
import asyncio
import json
import re
import socket
import struct

SECONDS = 120  # after which an answer is taken for lost
STEP = 1 << 20  # bytes handed to the socket at once

HEADERS = {'content-type': 'application/json', 'cache-control': 'no-store',
           'x-content-type-options': 'nosniff'}


class Gone(Exception):
    """The server closed the connection before an answer was whole."""


class Answer:
    def __init__(self, status, headers, body, head):
        self.status = status
        self.headers = headers
        self.body = body
        self.head = head  # to a HEAD: no body

    def json(self):
        return json.loads(self.body)

    def is_refusal(self):
        """To come back later with: no fault of either side."""
        return self.status in (429, 503)

    def fault(self, *expected):
        """What is wrong with it, where these statuses would be right."""
        if self.status not in expected and not self.is_refusal():
            return f'{self.status}, not {expected}: {self.body[:200]!r}'
        for name, value in HEADERS.items():
            if self.headers.get(name) != value:
                return f'{self.status} with {name}: {self.headers.get(name)}'
        if self.is_refusal() and not re.fullmatch(
                '[1-9][0-9]*', self.headers.get('retry-after', '')):
            return f'{self.status} does not say when to come back'
        return None if self.head else self.fault_of_body()

    def fault_of_body(self):
        try:
            got = self.json()
        except ValueError:
            return f'{self.status} with no JSON: {self.body[:200]!r}'
        if self.status < 400:
            return None
        try:
            message = got['errors'][0]['message']
        except (KeyError, IndexError, TypeError):
            message = ''
        shape = {'errors': [{'code': self.status, 'message': message,
                             'details': {}, 'type': None}]}
        if message and json.dumps(got) == json.dumps(shape):
            return None
        return f'{self.status} of another shape: {self.body[:200]!r}'


class Connection:
    open_now = 0
    open_most = 0

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.closed = False
        Connection.open_now += 1
        Connection.open_most = max(Connection.open_most, Connection.open_now)

    @classmethod
    async def open(cls, host, port, source):
        return cls(*await asyncio.open_connection(host, port,
                                                  local_addr=(source, 0)))

    async def send(self, data, step=STEP, pause=0):
        """Who has answered already may not want the rest."""
        view = memoryview(data)
        try:
            for at in range(0, len(view), step):
                self.writer.write(view[at:at + step])
                await self.writer.drain()
                if pause:
                    await asyncio.sleep(pause)
        except ConnectionError:
            pass

    def half_close(self):
        self.writer.write_eof()

    async def answer(self, head=False):
        try:
            return await asyncio.wait_for(self.read_answer(head), SECONDS)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise Gone(repr(error)) from None
        except asyncio.TimeoutError:
            raise Gone(f'no answer in {SECONDS} s') from None

    async def read_answer(self, head):
        text = await self.reader.readuntil(b'\r\n\r\n')
        first, *lines = text.decode('latin-1').strip().split('\r\n')
        headers = {}
        for line in lines:
            name, value = line.split(': ', 1)
            headers[name.lower()] = value
        size = 0 if head else int(headers['content-length'])
        body = await self.reader.readexactly(size)
        if headers.get('connection') == 'close':
            self.close()
        return Answer(int(first.split()[1]), headers, body, head)

    def close(self, reset=False):
        if self.closed:
            return
        self.closed = True
        Connection.open_now -= 1
        if reset:
            self.writer.get_extra_info('socket').setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        self.writer.transport.abort()
