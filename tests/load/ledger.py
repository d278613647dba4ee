"""What was asked, what was answered, and what was promised thereby."""
import collections

PAGE = 200  # items a page of results


class Job:
    """An acknowledged one, with the statusCode that each item must get."""

    def __init__(self, user, ident, codes):
        self.user = user
        self.ident = ident
        self.codes = codes
        self.asked_to_go = False
        self.gone = False
        self.completed = False

    def path(self):
        return f'/api/contacts/job/{self.ident}'

    def pages(self):
        return max(1, -(-len(self.codes) // PAGE))

    def fault_of_page(self, number, got):
        """What is wrong with this page (from 1) of its results."""
        if got['status'] != 'completed':
            return f"{self.ident} is {got['status']} again"
        codes = [item['statusCode'] for item in got['details']['contacts']]
        expected = self.codes[(number - 1) * PAGE:number * PAGE]
        if codes != expected:
            return f'{self.ident} page {number}: {codes}, not {expected}'
        if ('next-page' in got['details']) != (number < self.pages()):
            return f'{self.ident} page {number}: next-page'
        return None


class Ledger:
    def __init__(self):
        self.requests = collections.Counter()  # by kind
        self.answers = collections.Counter()  # by kind and status
        self.faults = collections.Counter()
        self.examples = []
        self.jobs = collections.defaultdict(list)  # by user
        self.unchecked = collections.defaultdict(list)  # of these
        self.unsure = collections.defaultdict(list)  # keyed submits by user
        self.unsure_count = 0  # whose answer nobody waited for
        self.gets = 0  # answered

    def fault(self, name, text):
        self.faults[name] += 1
        if len(self.examples) < 20:
            self.examples.append(f'{name}: {text}')

    def note(self, kind, answer):
        self.answers[kind, answer.status] += 1

    def add_job(self, user, ident, codes):
        job = Job(user, ident, codes)
        self.jobs[user].append(job)
        self.unchecked[user].append(job)
        return job

    def add_unsure(self, user, body, codes, key):
        self.unsure[user].append((body, codes, key))
        self.unsure_count += 1

    def jobs_count(self):
        return sum(map(len, self.jobs.values()))

    def table(self):
        statuses = sorted({status for _, status in self.answers})
        rows = [['kind', 'requests', *map(str, statuses), 'none']]
        for kind, asked in sorted(self.requests.items()):
            counts = [self.answers[kind, status] for status in statuses]
            rows.append([kind, asked, *counts, asked - sum(counts)])
        sums = [sum(column) for column in
                zip(*(row[1:] for row in rows[1:]))]
        rows.append(['all', *sums])
        return rows


def print_table(rows):
    """The first column to the left, numbers to the right; 0 is a dot."""
    rows = [['.' if cell == 0 else str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows)]
    for row in rows:
        print(row[0].ljust(widths[0]), *(
            cell.rjust(width) for cell, width in zip(row[1:], widths[1:])))
