#!/usr/bin/env node
// Sends a JSON list of contacts as one job and prints those that failed.
//
//	bulk.mjs CONTACTS.json
//
// BULKCONTACTS_URL          as http://127.0.0.1:8080/api/contacts
// BULKCONTACTS_CREDENTIALS  file with NAME:PASSWORD in its first line
//
// Exits with 0 if every contact was applied, else with 1. Needs Node 18.
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

const TRIES = 20;
const url = process.env.BULKCONTACTS_URL;
const credentials = process.env.BULKCONTACTS_CREDENTIALS;
const file = process.argv[2];
if (!url || !credentials || !file) {
	console.error("usage: BULKCONTACTS_URL=… BULKCONTACTS_CREDENTIALS=… " +
		"bulk.mjs CONTACTS.json");
	process.exit(1);
}
const [account] = (await readFile(credentials, "utf8")).split(/\r?\n/);
const authorization = "Basic " + Buffer.from(account).toString("base64");

const wait = (answer) =>
	sleep(1000 * (Number(answer?.headers.get("Retry-After")) || 1));

// Repeats after 429 and 503 as Retry-After says, and after lost connections.
async function request(method, target, expected, headers = {}, body) {
	for (let tries = 1; ; tries++) {
		let answer, text;
		try {
			answer = await fetch(target, {
				method, body,
				headers: { Authorization: authorization, ...headers },
				signal: AbortSignal.timeout(600_000),
			});
			text = await answer.text();
		} catch (error) {
			if (tries === TRIES) throw error;
			await wait();
			continue;
		}
		if (expected.includes(answer.status))
			return { answer, json: JSON.parse(text) };
		if (![429, 503].includes(answer.status) || tries === TRIES)
			throw new Error(`${method} ${target}: ${answer.status} ${text}`);
		await wait(answer);
	}
}

async function submit(body) {
	const { answer, json } = await request("POST", `${url}/bulk/new`, [202], {
		"Content-Type": "application/json",
		// Makes a repeated submit the same job (doc/api.md).
		"Idempotency-Key": randomUUID(),
	}, body);
	console.error("job", json.id);
	await wait(answer);
	return json.id;
}

// The results of a job in the order of its contacts.
async function* results(job) {
	let page = `${url}/job/${job}?details=1`;
	while (page) {
		const { answer, json } = await request("GET", page, [200]);
		if (json.status !== "completed") {
			await wait(answer);
			continue;
		}
		yield* json.details.contacts;
		const next = json.details["next-page"];
		page = next && new URL(next, url).href;
	}
}

const job = await submit(await readFile(file));
let number = 0;
for await (const { statusCode, errors } of results(job)) {
	number++;
	if (errors) {
		process.exitCode = 1;
		console.log(`contact ${number}: ${statusCode} ${errors.message}`);
	}
}
// 404: deleted by a request whose answer was lost.
await request("DELETE", `${url}/job/${job}`, [200, 404]);
