#!/usr/bin/env python3
"""Puts an instance under many clients of all kinds at once.

    load.py ADDRESS:PORT STATE SECONDS [CLIENTS [SEED]]

STATE is the instance's folder: the users are those of its credentials. The
clients work for half of SECONDS to warm it up, on a slow machine for longer,
and again for SECONDS; after each all acknowledged jobs must complete with the
results that belong to them. Prints what was asked and answered, what the
processes used, and how often each thing that must hold did not, "NAME: COUNT";
then examples. Ends with 1 if anything did not hold.
"""
import asyncio
import random
import resource
import sys
import time

import kinds
import ledger
import processes
import wire

SOURCES = 20  # addresses: of one alone, nginx would refuse some of the submits
WARM = 4000  # requests, without which memory has not been what it will be
CHECKERS = 32  # clients that read the results; every user has some
MUST_HOLD = ('wrong', 'unanswered', 'held up', 'lost', 'results', 'processes',
             'descriptors', 'memory')


class Load:
    def __init__(self, service, state, count, seed):
        host, port = service.rsplit(':', 1)
        self.ledger = ledger.Ledger()
        self.processes = processes.Processes(state)
        with open(f'{state}/credentials', encoding='utf-8') as file:
            users = [line.rstrip('\n').split(':', 1) for line in file]
        self.clients = [
            kinds.Client((host, int(port)), self.ledger,
                         random.Random(f'{seed} {i}'),
                         *users[i % len(users)],
                         f'127.0.0.{2 + i % SOURCES}') for i in range(count)]

    # ---- the burden

    async def work(self, client, until, least):
        """Visit after visit; what one of them opens the next may use."""
        names = list(kinds.WEIGHTS)
        while (time.monotonic() < until
               or self.ledger.requests.total() < least):
            kind = client.random.choices(names, kinds.WEIGHTS.values())[0]
            client.kind = kind.__name__
            await kind(client)
            await asyncio.sleep(client.random.uniform(0, 0.4))
        client.leave()

    async def watch(self):
        while True:
            self.processes.sample()
            await asyncio.sleep(0.25)

    async def burden(self, seconds, least=0):
        """For so long, and until there were so many requests in all."""
        watch = asyncio.create_task(self.watch())
        until = time.monotonic() + seconds
        await asyncio.gather(*(self.work(client, until, least)
                               for client in self.clients))
        watch.cancel()

    # ---- what was promised

    async def check(self, client, job):
        """Once it has completed, page by page."""
        client.kind = 'check'
        number = 1
        while number <= job.pages() and not job.asked_to_go:
            answer = await client.get(
                f'{job.path()}?details=1&page={number}', 200, 404)
            if answer is None:
                continue
            if answer.status == 404:
                self.ledger.fault('lost', job.ident)
                return
            got = answer.json()
            if got['status'] != 'completed':
                await asyncio.sleep(0.1)
                continue
            fault = job.fault_of_page(number, got)
            if fault is not None:
                self.ledger.fault('results', fault)
                return
            number += 1

    async def repeat(self, client, body, codes, key):
        """Whether the first one was taken or not, it is one job now."""
        client.kind = 'repeat'
        job = None
        while job is None and not self.ledger.faults:
            job = await client.submit(body, codes, key=key)

    async def keep_to(self, client):
        """A share of what the client's user was promised."""
        while self.ledger.unsure[client.user]:
            await self.repeat(client, *self.ledger.unsure[client.user].pop())
        while self.ledger.unchecked[client.user]:
            await self.check(client,
                             self.ledger.unchecked[client.user].pop())
        client.leave()

    async def settle(self):
        """Until all is done and nobody connected."""
        await asyncio.gather(*map(self.keep_to, self.clients[:CHECKERS]))
        until = time.monotonic() + wire.SECONDS
        while self.processes.connected() and time.monotonic() < until:
            await asyncio.sleep(0.1)

    async def run(self, seconds):
        await self.burden(seconds / 2, WARM)
        await self.settle()
        self.processes.begin()
        await self.burden(seconds)
        await self.settle()
        self.processes.judge(self.ledger)

    def report(self):
        ledger.print_table(self.ledger.table())
        ledger.print_table(self.processes.table())
        print(f'{wire.Connection.open_most} connections at once,',
              f'{self.ledger.jobs_count()} jobs acknowledged,',
              f'{self.ledger.unsure_count} answers not waited for')
        for name in MUST_HOLD:
            print(f'{name}: {self.ledger.faults[name]}')
        for example in self.ledger.examples:
            print(f'\t{example}')


def main(service, state, seconds, count=500, seed=1):
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    load = Load(service, state, int(count), seed)
    asyncio.run(load.run(float(seconds)))
    load.report()
    return 1 if load.ledger.faults else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
