<?php
// Sends a JSON list of contacts as one job with Mautic's library for PHP
// (composer require mautic/api-library) and prints those that failed.
//
//	php bulk-mautic.php CONTACTS.json
//
// BULKCONTACTS_URL          as http://127.0.0.1:8080, without the /api/contacts
// BULKCONTACTS_CREDENTIALS  file with NAME:PASSWORD in its first line
declare(strict_types=1);

require 'vendor/autoload.php';

use Mautic\Api\Contacts;
use Mautic\Auth\ApiAuth;
use Mautic\MauticApi;

const TRIES = 20;

/**
 * The answer to a request. The library takes 202 for an error, with the code
 * in "code" and the body at the end of "message"; after that comes nothing but
 * what is a real error.
 */
function request(
    Contacts $api,
    string $endpoint,
    array $parameters = [],
    string $method = 'GET'
): array {
    for ($try = 1;; $try++) {
        $answer = $api->makeRequest($endpoint, $parameters, $method);
        $error = $answer['errors'][0] ?? null;
        if ($error === null) {
            return $answer;
        }
        $code = (int) ($error['code'] ?? 0);
        if ($code === 202) {
            return json_decode(
                substr($error['message'], strpos($error['message'], '{')),
                true,
                512,
                JSON_THROW_ON_ERROR
            );
        }
        if (!in_array($code, [429, 503], true) || $try === TRIES) {
            throw new RuntimeException("$method $endpoint: {$error['message']}");
        }
        // Of an error the library shows no headers.
        sleep(10);
    }
}

/** Yields the results of a job in the order of its contacts. */
function results(Contacts $api, string $job): iterable
{
    $page = 1;
    do {
        $answer = request(
            $api,
            "contacts/job/$job",
            ['details' => 1, 'page' => $page]
        );
        if ($answer['status'] !== 'completed') {
            $headers = array_change_key_case($api->getResponseHeaders());
            sleep((int) ($headers['retry-after'] ?? 1));
            continue;
        }
        yield from $answer['details']['contacts'];
        $page = isset($answer['details']['next-page']) ? $page + 1 : 0;
    } while ($page > 0);
}

[$name, $password] = explode(
    ':',
    file(getenv('BULKCONTACTS_CREDENTIALS'), FILE_IGNORE_NEW_LINES)[0],
    2
);
$auth = (new ApiAuth())->newAuth(
    ['userName' => $name, 'password' => $password],
    'BasicAuth'
);
$api = (new MauticApi())->newApi(
    'contacts',
    $auth,
    getenv('BULKCONTACTS_URL')
);
$contacts = json_decode(
    file_get_contents($argv[1]),
    false,
    512,
    JSON_THROW_ON_ERROR
);
$job = request($api, 'contacts/bulk/new', $contacts, 'POST')['id'];
$number = 0;
foreach (results($api, $job) as $item) {
    $number++;
    if (isset($item['errors'])) {
        echo "contact $number: {$item['statusCode']} ",
            $item['errors']['message'], "\n";
    }
}
request($api, "contacts/job/$job", [], 'DELETE');
