"""Requests' bodies, with the statusCode that each of their items must get."""
import functools
import gzip
import json
import urllib.parse

FEW, MANY = 30, 450  # contacts; many are three pages
MIB = 1 << 20


def contacts(random, name):
    """Contacts that no other request has, some of them wrong."""
    count = random.randint(*((0, FEW) if random.random() < 0.95
                             else (MANY, MANY)))
    made, codes = [], []
    for i in range(count):
        luck = random.random()
        email = f'{name}.{i}@example.com'
        if luck < 0.05:
            made.append({'email': 'nobody', 'points': 'many'})
            codes.append(400)
        elif luck < 0.08:
            made.append(random.choice([0, None, 'x', [], True]))
            codes.append(400)
        elif luck < 0.12 and 201 in codes:
            made.append({'email': made[codes.index(201)]['email'],
                         'points': i})
            codes.append(200)
        else:
            made.append({'email': email, 'firstname': 'ä' * (i % 50),
                         'points': i, 'tags': ['load', f't{i % 7}']})
            codes.append(201)
    return made, codes


def as_json(made):
    return json.dumps(made).encode()


def as_object(made):
    return json.dumps({f'k{i}': one for i, one in enumerate(made)}).encode()


def as_form(made):
    """Of those that are objects: a form has no others."""
    pairs = []
    for i, one in enumerate(made):
        for name, value in one.items():
            values = ([(f'{i}[{name}][]', each) for each in value]
                      if isinstance(value, list)
                      else [(f'{i}[{name}]', value)])
            pairs += values
    return urllib.parse.urlencode(pairs).encode()


def as_gzip(made):
    return gzip.compress(as_json(made), 1)


def filled(head, unit, tail, size=64 * MIB):
    """So many units that it is this size, with blanks behind."""
    count, rest = divmod(size - len(head) - len(tail), len(unit))
    return head + unit * count + tail + b' ' * rest


# Made to hurt: how to make it, its Content-Encoding, the status of its answer
# and of its items. Made anew each time: together they would be a gigabyte.
HOSTILE = (
    (functools.partial(filled, b'[{"id":7,', b'"k":1,', b'"z":0}]'), None,
     202, [400]),
    (functools.partial(filled, b'{', b'"k":1,', b'"z":0}'), None, 413, None),
    (functools.partial(filled, b'', b'[', b''), None, 400, None),
    (functools.partial(filled, b'[{"email":"', b'a', b'"}]'), None, 202,
     [400]),
    (lambda: gzip.compress(bytes(65 * MIB), 1), 'gzip', 413, None),
)
