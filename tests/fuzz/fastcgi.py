#!/usr/bin/env python3
"""Sends FastCGI records that no web server sends, the same for a seed.

    fastcgi.py SOCKET SEED ROUNDS

Behind each round a good request must be answered. Prints for each kind how
often it was tried, how often it was taken to its end, and how often something
came back; ends with 1 at the first good request that is not served.
"""
import collections
import random
import select
import socket
import struct
import sys
import time

BEGIN, ABORT, PARAMS, STDIN, DATA, GET_VALUES = 1, 2, 4, 5, 8, 9
SECONDS = 120  # after which a worker that does not answer is taken for lost
PIECES = 8192  # of 64 KiB: what stands for an endless message


def record(kind, body=b'', request=1, version=1, padding=0):
    return struct.pack('>BBHHBB', version, kind, request, len(body), padding,
                       0) + body + bytes(padding)


def length(n):
    return bytes([n]) if n < 128 else struct.pack('>I', n | 1 << 31)


def pair(name, value):
    return length(len(name)) + length(len(value)) + name + value


def begin(role=1, flags=0, request=1):
    return record(BEGIN, struct.pack('>HB5x', role, flags), request)


def params(**values):
    return record(PARAMS, b''.join(
        pair(name.encode(), value.encode()) for name, value in
        values.items())) + record(PARAMS)


GOOD = (begin() + params(REQUEST_METHOD='GET', DOCUMENT_URI='/healthz') +
        record(STDIN))
BODY = b'[{"email":"a@example.com"},0]'
SUBMIT = params(REQUEST_METHOD='POST', DOCUMENT_URI='/api/contacts/bulk/new',
                CONTENT_TYPE='application/json', CONTENT_LENGTH='29')


# ---- kinds: from a source of random numbers to what is sent

def cut(r):
    whole = begin() + SUBMIT + record(STDIN, BODY) + record(STDIN)
    return whole[:r.randrange(len(whole))]


def changed(r):
    whole = bytearray(begin() + SUBMIT + record(STDIN, BODY) + record(STDIN))
    for _ in range(r.randint(1, 4)):
        whole[r.randrange(len(whole))] = r.randrange(256)
    return bytes(whole)


def garbage(r):
    return r.randbytes(r.randrange(20000))


def garbage_in_params(r):
    return begin() + record(PARAMS, r.randbytes(r.randrange(1, 200)))


def garbage_in_stdin(r):
    return begin() + SUBMIT + r.randbytes(r.randrange(1, 2000))


def other_version(r):
    return record(BEGIN, struct.pack('>HB5x', 1, 0),
                  version=r.choice([0, 2, 255])) + GOOD


def other_kind(r):
    return begin() + record(r.choice([0, 3, 6, 7, 11, 200]), b'x' * 9) + GOOD


def other_role(r):
    return begin(role=r.choice([0, 2, 3, 4, 65535])) + GOOD[16:]


def other_request(r):
    return (begin() + record(PARAMS, b'x' * 500, request=7) + GOOD[16:] +
            record(r.choice([PARAMS, STDIN, DATA]), b'y', request=9))


def begin_of_other_size(r):
    return record(BEGIN, bytes(r.choice([0, 1, 7, 9, 300])))


def begin_again(r):
    return begin() + begin(request=r.choice([0, 1, 2])) * r.randint(1, 50)


def keep(r):
    return begin(flags=1) + GOOD[16:] + cut(r)


def aborted(r):
    return begin() + SUBMIT[:r.randrange(8, len(SUBMIT))] + record(ABORT)


def stdin_alone(r):
    return r.choice([b'', begin()]) + record(STDIN, BODY) + record(STDIN)


def short_length(r):
    body = record(PARAMS, length(r.choice([5, 200, 70000])) + b'\x05abc')
    return begin() + body + r.choice([b'', record(PARAMS)])


def body_of_other_size(r):
    return (begin() + params(
        REQUEST_METHOD='POST', DOCUMENT_URI='/api/contacts/bulk/new',
        CONTENT_TYPE='application/json',
        CONTENT_LENGTH=r.choice(['', '0', '7', '99', '-1', '9' * 30])) +
        record(STDIN, BODY) + r.choice([b'', record(STDIN)]))


def padded(r):
    return (begin() + record(PARAMS, padding=255) * r.randint(1, 3) +
            record(STDIN, padding=r.randrange(256)))


def many_params(r):
    one = pair(b'HTTP_X', b'y')
    return begin() + record(PARAMS, one * 5000) * r.randint(1, 20) + GOOD[16:]


def many_empty_records(r):
    return begin() + record(STDIN, request=5) * r.randint(1, 5000)


def management(r):
    return (record(r.choice([GET_VALUES, 11, 77]), pair(b'FCGI_MAX_CONNS', b''),
                   request=0) * r.randint(1, 20) + GOOD)


# What libfcgi does not survive: its sums overflow, its answer has room for
# three values, its memory ends.
def endless_values(r):
    front = r.choice([b'', begin() + SUBMIT])
    return front + record(GET_VALUES, pair(b'FCGI_MAX_REQS', b'') *
                          r.choice([6, 50, 1000]), request=0) + GOOD


def huge_lengths(r):
    name, value = r.choice([(0xbfffffff, 0xbfffffff), (0xfffffffe, 0xfffffffe),
                            (0xffffffff, 0x80000001), (0xfffffffd, 0x80000000)])
    return (r.choice([begin(), begin() + SUBMIT]) +
            record(PARAMS, struct.pack('>II', name, value) + b'x' * 100))


def endless_params(_):
    return begin(), record(PARAMS, pair(b'HTTP_X', b'y' * 65000))


KINDS = [cut, changed, garbage, garbage_in_params, garbage_in_stdin,
         other_version, other_kind, other_role, other_request,
         begin_of_other_size, begin_again, keep, aborted, stdin_alone,
         short_length, body_of_other_size, padded, many_params,
         many_empty_records, management]
DEADLY = [endless_values, huge_lengths, endless_params]
OFTEN = 20  # of the rounds one is deadly


# ---- connections

def pieces(message):
    """What is to be sent; a pair is a beginning and what follows endlessly."""
    if isinstance(message, bytes):
        yield message
        return
    yield message[0]
    for _ in range(PIECES):
        yield message[1]


def converse(path, message):
    """Send and half close; whether all was taken, and what came back."""
    answer = b''
    rest = b''
    more = pieces(message)
    until = time.monotonic() + SECONDS
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        connection.setblocking(False)
        while time.monotonic() < until:
            if not rest and more is not None:
                rest = next(more, None)
                if rest is None:
                    more, rest = None, b''
                    connection.shutdown(socket.SHUT_WR)
            readable, writable, _ = select.select(
                [connection], [connection] if rest else [], [], 1)
            try:
                if writable:
                    rest = rest[connection.send(rest):]
                if readable:
                    got = connection.recv(1 << 16)
                    if not got:
                        return more is None, answer
                    answer += got
            except OSError:  # it closed while we were sending
                return False, answer
    raise TimeoutError(f'no end after {SECONDS} s')


def main(path, seed, rounds):
    tried = collections.Counter()
    taken = collections.Counter()
    answered = collections.Counter()
    source = random.Random(seed)
    for n in range(rounds):
        kinds = DEADLY if n % OFTEN == 0 else KINDS
        kind = kinds[n // OFTEN % len(kinds) if kinds is DEADLY
                     else source.randrange(len(kinds))]
        tried[kind.__name__] += 1
        try:
            whole, answer = converse(path, kind(source))
            taken[kind.__name__] += whole
            answered[kind.__name__] += answer != b''
            _, good = converse(path, GOOD)
        except OSError as error:
            good = str(error).encode()
        if b'Status: 200' not in good:
            print(f'round {n}, {kind.__name__}: {good[:200]}')
            return 1
    for name in sorted(tried):
        print(f'{name}: {tried[name]} tried, {taken[name]} taken, '
              f'{answered[name]} answered')
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
