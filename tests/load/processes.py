"""The processes of an instance: which, their memory, their descriptors."""
import collections
import os
import re
import statistics

FACTOR = 2  # that idle memory may grow by once a process is warm


def read(path):
    try:
        with open(path, encoding='latin-1') as file:
            return file.read()
    except (FileNotFoundError, ProcessLookupError):
        return ''


def parents():
    """Of every process that there is: pid to parent."""
    found = {}
    for name in os.listdir('/proc'):
        if name.isdigit():
            # The name in brackets may have blanks.
            rest = read(f'/proc/{name}/stat').rpartition(')')[2].split()
            if rest:
                found[int(name)] = int(rest[1])
    return found


def memory(pid):
    """RssAnon in KiB; 0: it is gone."""
    for line in read(f'/proc/{pid}/status').splitlines():
        if line.startswith('RssAnon:'):
            return int(line.split()[1])
    return 0


def descriptors(pid):
    """
    What is open how often, whatever the number in its name. Confined programs
    show it to root alone; then nothing is.
    """
    found = collections.Counter()
    try:
        for name in os.listdir(f'/proc/{pid}/fd'):
            what = os.readlink(f'/proc/{pid}/fd/{name}')
            found[re.sub(r'\W\d+\W?$', '', what)] += 1
    except (FileNotFoundError, PermissionError):
        pass  # or the process is gone, or what was open is closed
    return found


class Processes:
    def __init__(self, state):
        """Those of the instance in this folder, before any burden."""
        with open(f'{state}/run/supervisor.pid', encoding='ascii') as file:
            self.top = int(file.read())
        self.names = self.family()
        self.samples = collections.defaultdict(list)
        self.open = {pid: descriptors(pid) for pid in self.names}
        self.warm = {pid: (0, 0) for pid in self.names}

    def family(self):
        """The supervisor and all below it: pid to name."""
        parent = parents()
        found, size = {self.top}, 0
        while len(found) > size:
            size = len(found)
            found |= {pid for pid in parent if parent[pid] in found}
        return {pid: read(f'/proc/{pid}/comm').strip()
                for pid in sorted(found)}

    def sample(self):
        for pid in self.names:
            self.samples[pid].append(memory(pid))

    def connected(self):
        """Whether there are more connections than in the beginning."""
        return any(descriptors(pid)['socket'] > before['socket']
                   for pid, before in self.open.items())

    def leaking(self):
        """
        What is open more often than in the beginning. A file may have been
        opened once since then, to stay open.
        """
        found = []
        for pid, before in self.open.items():
            now = descriptors(pid)
            found += [f'{pid}: {what} {now[what]} times' for what in now
                      if now[what] > max(before[what], what != 'socket')]
        return found

    def now(self):
        """Memory and descriptors of each."""
        return {pid: (memory(pid), descriptors(pid).total())
                for pid in self.names}

    def begin(self):
        """
        They are warm and idle. Of what they had while they worked, idle ones
        keep more or less by accident, for small pieces hold the heap.
        """
        self.warm = {pid: (max(size, self.median(pid)), count)
                     for pid, (size, count) in self.now().items()}

    def judge(self, ledger):
        """They are idle again: what is not as it was."""
        if self.family() != self.names:
            ledger.fault('processes', f'{self.family()}, not {self.names}')
        for what in self.leaking():
            ledger.fault('descriptors', what)
        for pid, (size, _) in self.now().items():
            if size > self.warm[pid][0] * FACTOR:
                ledger.fault('memory',
                             f'{pid}: {self.warm[pid][0]} KiB, then {size}')

    def median(self, pid):
        return int(statistics.median(self.samples[pid] or [0]))

    def table(self):
        rows = [['process', 'pid', 'median KiB', 'most', 'warm', 'at last',
                 'fds warm', 'at last']]
        last = self.now()
        for pid, name in self.names.items():
            rows.append([name, pid, self.median(pid),
                         max(self.samples[pid], default=0),
                         self.warm[pid][0], last[pid][0],
                         self.warm[pid][1], last[pid][1]])
        return rows
