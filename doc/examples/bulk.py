#!/usr/bin/env python3
"""Sends a JSON list of contacts as one job and prints those that failed.

    bulk.py CONTACTS.json

BULKCONTACTS_URL          as http://127.0.0.1:8080/api/contacts
BULKCONTACTS_CREDENTIALS  file with NAME:PASSWORD in its first line

Exits with 0 if every contact was applied, else with 1.
"""
import os
import sys
import time
import uuid
from urllib.parse import urljoin

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry


def open_session(credentials):
    with open(credentials, "rb") as file:
        name, _, password = file.readline().rstrip(b"\r\n").partition(b":")
    # After 429 and 503 it waits as long as Retry-After says.
    retry = Retry(total=20, status_forcelist=(429, 503), allowed_methods=None,
                  backoff_factor=0.5, raise_on_status=False)
    session = requests.Session()
    session.auth = (name, password)
    session.mount("http://", HTTPAdapter(max_retries=retry))
    session.mount("https://", HTTPAdapter(max_retries=retry))
    return session


def request(session, method, url, expected, **options):
    answer = session.request(method, url, timeout=120, **options)
    if answer.status_code not in expected:
        sys.exit(f"{method} {url}: {answer.status_code} {answer.text}")
    return answer


def wait(answer):
    time.sleep(int(answer.headers.get("Retry-After", 1)))


def submit(session, url, body):
    # The key makes a repeated submit the same job (doc/api.md).
    answer = request(session, "POST", url + "/bulk/new", (202,), data=body,
                     headers={"Content-Type": "application/json",
                              "Idempotency-Key": str(uuid.uuid4())})
    wait(answer)
    return answer.json()["id"]


def results(session, url):
    """Yields the results of a job in the order of its contacts."""
    page = url + "?details=1"
    while page:
        answer = request(session, "GET", page, (200,))
        job = answer.json()
        if job["status"] != "completed":
            wait(answer)
            continue
        yield from job["details"]["contacts"]
        next_page = job["details"].get("next-page")
        page = next_page and urljoin(url, next_page)


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: bulk.py CONTACTS.json")
    url = os.environ["BULKCONTACTS_URL"]
    session = open_session(os.environ["BULKCONTACTS_CREDENTIALS"])
    with open(sys.argv[1], "rb") as file:
        body = file.read()
    job = submit(session, url, body)
    print("job", job, file=sys.stderr)
    failed = 0
    for number, item in enumerate(results(session, f"{url}/job/{job}"), 1):
        if "errors" in item:
            failed += 1
            print(f"contact {number}: {item['statusCode']}",
                  item["errors"]["message"])
    # 404: deleted by a request whose answer was lost.
    request(session, "DELETE", f"{url}/job/{job}", (200, 404))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
