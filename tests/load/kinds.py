"""What a client may do to the service: each kind one visit of it."""
import asyncio
import base64
import copy
import uuid

import bodies
import wire

NEW = '/api/contacts/bulk/new'
EDIT = '/api/contacts/bulk/edit'
JSON = 'application/json'
FORM = 'application/x-www-form-urlencoded'
NOBODYS = '/api/contacts/job/3f2b8c1e-5a0d-4c57-9a33-0d8f5b1c6e21'


class Client:
    """One of many of a user, with a connection that it may keep."""
    serial = 0
    hostile = asyncio.Lock()  # one such body at a time

    def __init__(self, service, ledger, random, user, password, source):
        self.service = service
        self.ledger = ledger
        self.random = random
        self.user = user
        self.source = source
        self.basic = base64.b64encode(f'{user}:{password}'.encode()).decode()
        self.connection = None
        self.kind = ''  # of what it is doing

    async def begin(self):
        self.ledger.requests[self.kind] += 1
        if self.connection is None or self.connection.closed:
            self.connection = await wire.Connection.open(
                *self.service, self.source)
        return self.connection

    def leave(self, reset=False):
        if self.connection is not None:
            self.connection.close(reset)

    def head(self, method, path, size=None, headers=None):
        fields = {'Host': 'load', 'Authorization': f'Basic {self.basic}',
                  'Content-Length': size, **(headers or {})}
        lines = [f'{method} {path} HTTP/1.1']
        lines += [f'{name}: {value}' for name, value in fields.items()
                  if value is not None]
        return ('\r\n'.join(lines) + '\r\n\r\n').encode()

    def new_body(self):
        """A name of its own, contacts, and what their items must get."""
        Client.serial += 1
        name = f'{self.kind}{Client.serial}'
        return bodies.contacts(self.random, name)

    async def hear(self, *expected, head=False, must=True):
        """
        The answer; None if it was a refusal or a wrong one. Only if it must
        come is none a fault.
        """
        try:
            answer = await self.connection.answer(head)
        except wire.Gone as gone:
            if must:
                self.ledger.fault('unanswered', f'{self.kind}: {gone}')
            self.leave()
            return None
        self.ledger.note(self.kind, answer)
        fault = answer.fault(*expected)
        if fault is not None:
            self.ledger.fault('wrong', f'{self.kind}: {fault}')
        if fault is None and not answer.is_refusal():
            return answer
        await asyncio.sleep(0.05)
        return None

    async def ask(self, method, path, *expected, body=None, headers=None):
        await self.begin()
        await self.connection.send(self.head(
            method, path, None if body is None else len(body), headers))
        if body is not None:
            await self.connection.send(body)
        return await self.hear(*expected, head=method == 'HEAD')

    async def get(self, path, *expected, method='GET'):
        answer = await self.ask(method, path, *expected)
        if answer is not None:
            self.ledger.gets += 1
        return answer

    async def submit(self, body, codes, encoding=None, kind=JSON, key=None,
                     status=202, path=NEW, method='POST'):
        """Its job, if there is one now."""
        answer = await self.ask(method, path, status, body=body, headers={
            'Content-Type': kind, 'Content-Encoding': encoding,
            'Idempotency-Key': key})
        if answer is None or answer.status != 202:
            return None
        return self.ledger.add_job(self.user, answer.json()['id'], codes)

    def some_job(self):
        jobs = self.ledger.jobs[self.user]
        return self.random.choice(jobs[-200:]) if jobs else None


# ---- submits

async def json_list(client):
    made, codes = client.new_body()
    await client.submit(bodies.as_json(made), codes)


async def json_object(client):
    made, codes = client.new_body()
    await client.submit(bodies.as_object(made), codes)


async def form(client):
    made, codes = client.new_body()
    both = [pair for pair in zip(made, codes) if isinstance(pair[0], dict)]
    if both:
        made, codes = zip(*both)
        await client.submit(bodies.as_form(made), list(codes), kind=FORM)


async def zipped(client):
    made, codes = client.new_body()
    await client.submit(bodies.as_gzip(made), codes, encoding='gzip')


async def edit(client):
    """Of contacts that are not there: PUT makes them."""
    ids = range(2**62, 2**62 + client.random.randint(1, bodies.FEW))
    body = bodies.as_json([{'id': i, 'points': 1} for i in ids])
    await client.submit(body, [404] * len(ids), method='PATCH', path=EDIT)


async def keyed(client):
    made, codes = client.new_body()
    body, key = bodies.as_json(made), str(uuid.uuid4())
    job = await client.submit(body, codes, key=key)
    if job is None:
        return
    again = await client.ask('POST', NEW, 202, body=body, headers={
        'Content-Type': JSON, 'Idempotency-Key': key})
    if again is not None and again.json()['id'] != job.ident:
        client.ledger.fault('wrong', f'keyed: {job.ident} is two jobs')
    await client.ask('POST', NEW, 422, body=body + b' ', headers={
        'Content-Type': JSON, 'Idempotency-Key': key})


# ---- asking

async def poll(client):
    job = client.some_job()
    if job is None:
        return
    was_gone = job.gone
    answer = await client.get(job.path(), 200, 404,
                              method=client.random.choice(['GET', 'HEAD']))
    if answer is not None and not answer.head:
        if answer.status != (404 if was_gone else 200) and (
                was_gone or not job.asked_to_go):
            client.ledger.fault('wrong', f'{job.ident}: {answer.status}')
        if answer.status == 200:
            job.completed = answer.json()['status'] == 'completed'


async def page(client):
    job = client.some_job()
    if job is None or not job.completed:
        return
    number = client.random.randint(1, job.pages())
    answer = await client.get(f'{job.path()}?details=1&page={number}', 200,
                              404)
    if answer is None or job.asked_to_go:
        return
    fault = (f'{job.ident}: 404' if answer.status == 404
             else job.fault_of_page(number, answer.json()))
    if fault is not None:
        client.ledger.fault('wrong', f'page: {fault}')


async def listing(client):
    await client.get('/api/contacts/jobs', 200)


async def delete(client):
    job = client.some_job()
    if job is None or job.asked_to_go or client.random.random() < 0.5:
        return
    job.asked_to_go = True
    if await client.ask('DELETE', job.path(), 200) is None:
        return
    job.gone = True
    await client.get(job.path(), 404)


async def foreign(client):
    """Nobody's job, but for its owner."""
    others = [jobs for user, jobs in client.ledger.jobs.items()
              if jobs and user != client.user]
    if others:
        job = client.random.choice(client.random.choice(others))
        await client.get(job.path(), 404)


WRONG = (
    ('POST', NEW, b'[', {}, 400),
    ('POST', NEW, b'', {}, 400),
    ('POST', NEW, b'7', {}, 400),
    ('POST', NEW, b'[{"email":"a@b.co"}', {}, 400),
    ('POST', NEW, b'[]', {'Content-Type': 'text/plain'}, 415),
    ('POST', NEW, b'[]', {'Content-Encoding': 'br'}, 415),
    ('POST', NEW, b'[]', {'Content-Encoding': 'gzip'}, 400),
    ('POST', NEW, b'[]', {'Idempotency-Key': 'ä'}, 400),
    ('POST', NEW, b'[]', {'Sec-Fetch-Site': 'cross-site'}, 403),
    ('POST', NEW, b'%zz=1', {'Content-Type': FORM}, 400),
    ('POST', NEW, b'[' + b'0,' * 10000 + b'0]', {}, 413),
    ('PUT', NEW, b'[]', {}, 405),
    ('GET', EDIT, None, {}, 405),
    ('GET', '/api/contacts/job/x', None, {}, 404),
    ('GET', NOBODYS, None, {}, 404),
    ('GET', '/api/contacts/nothing', None, {}, 404),
    ('GET', '/api/contacts/jobs?before=x', None, {}, 400),
    ('GET', NOBODYS, None, {'Authorization': 'Basic eDp4'}, 401),
    ('DELETE', NOBODYS, None, {}, 404),
)


async def wrong(client):
    method, path, body, headers, status = client.random.choice(WRONG)
    await client.ask(method, path, status, body=body, headers=headers)


# ---- those who do not behave

async def slow(client):
    """A byte at a time."""
    made, codes = client.new_body()
    body = bodies.as_json(made[:5])
    await client.begin()
    await client.connection.send(client.head('POST', NEW, len(body)))
    await client.connection.send(body, step=1, pause=0.001)
    answer = await client.hear(202)
    if answer is not None:
        client.ledger.add_job(client.user, answer.json()['id'], codes[:5])


async def begin_upload(client):
    """The first half of a submit; what is left of it."""
    body = bodies.as_json([{'email': 'half@example.com', 'points': 'x' * 999}
                           for _ in range(client.random.randint(1, 100))])
    await client.begin()
    await client.connection.send(client.head('POST', NEW, len(body)) +
                                 body[:len(body) // 2])


async def stalled(client):
    await begin_upload(client)
    await asyncio.sleep(client.random.uniform(1, 5))
    client.leave()


async def aborted(client):
    await begin_upload(client)
    client.leave(reset=client.random.random() < 0.5)


async def shorter(client):
    """Half a body, and no more to come."""
    await begin_upload(client)
    client.connection.half_close()
    await client.hear(400, must=False)
    client.leave()


async def send_keyed(client):
    """Whether there was an answer or not, the job is there once or never."""
    made, codes = client.new_body()
    body, key = bodies.as_json(made), str(uuid.uuid4())
    await client.begin()
    await client.connection.send(client.head('POST', NEW, len(body), {
        'Content-Type': JSON, 'Idempotency-Key': key}) + body)
    client.ledger.add_unsure(client.user, body, codes, key)


async def left(client):
    """Before the answer."""
    await send_keyed(client)
    await asyncio.sleep(client.random.choice([0, 0.001, 0.01]))
    client.leave(reset=client.random.random() < 0.5)


async def half_closed(client):
    """Nothing more to say; nginx may take it for gone."""
    await send_keyed(client)
    client.connection.half_close()
    await client.hear(202, must=False)
    client.leave()


async def hostile(client):
    """64 MiB of it. GETs are answered meanwhile, also if all others left."""
    if Client.hostile.locked():
        return
    async with Client.hostile:
        make, encoding, status, codes = client.random.choice(bodies.HOSTILE)
        body = make()
        gets = client.ledger.gets

        async def send():
            await client.submit(body, codes, encoding=encoding, status=status)
            return client.ledger.gets

        sending = asyncio.create_task(send())
        beside = copy.copy(client)
        beside.connection = None
        beside.kind = 'beside'
        while not sending.done():
            await beside.get('/api/contacts/jobs', 200)
        beside.leave()
        if await sending == gets:
            client.ledger.fault('held up', 'no GET beside a hostile body')
    client.leave()
    await asyncio.sleep(3)


# How often each is chosen.
WEIGHTS = {json_list: 14, json_object: 3, form: 5, zipped: 5, edit: 4,
           keyed: 6, poll: 30, page: 20, listing: 3, delete: 10, foreign: 3,
           wrong: 10, slow: 3, stalled: 3, aborted: 3, shorter: 2, left: 3,
           half_closed: 3, hostile: 1}
