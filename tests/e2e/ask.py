#!/usr/bin/env python3
"""A web server's side of FastCGI, without the web server.

    ask.py SOCKET NAME=VALUE...

Sends one request of these parameters, without a body, and prints the answer.
"""
import socket
import struct
import sys

BEGIN, PARAMS, STDIN, STDOUT, END = 1, 4, 5, 6, 3


def record(kind, body=b''):
    return struct.pack('>BBHHBB', 1, kind, 1, len(body), 0, 0) + body


def pair(text):
    name, value = text.encode().split(b'=', 1)
    return struct.pack('>II', len(name) | 1 << 31,
                       len(value) | 1 << 31) + name + value


connection = socket.socket(socket.AF_UNIX)
connection.connect(sys.argv[1])
connection.sendall(record(BEGIN, struct.pack('>HB5x', 1, 0)) +
                   record(PARAMS, b''.join(map(pair, sys.argv[2:]))) +
                   record(PARAMS) + record(STDIN))
stream = connection.makefile('rb')
while True:
    _, kind, _, length, padding, _ = struct.unpack('>BBHHBB', stream.read(8))
    body = stream.read(length + padding)[:length]
    if kind == STDOUT:
        sys.stdout.buffer.write(body)
    if kind == END:
        break
