#!/usr/bin/env php
<?php
// Sends a JSON list of contacts as one job and prints those that failed.
//
//	bulk.php CONTACTS.json
//
// BULKCONTACTS_URL          as http://127.0.0.1:8080/api/contacts
// BULKCONTACTS_CREDENTIALS  file with NAME:PASSWORD in its first line
//
// Exits with 0 if every contact was applied, else with 1. Needs PHP 7.4 and
// its curl extension.
declare(strict_types=1);

const TRIES = 20;

final class Bulk
{
    private string $url;
    private string $origin;
    private string $account;
    private int $retryAfter = 0; // of the last answer; 0: it had none

    public function __construct(string $url, string $account)
    {
        $this->url = $url;
        $this->origin = preg_replace('~^(https?://[^/]*).*~', '$1', $url);
        $this->account = $account;
    }

    public function submit(string $body): string
    {
        $answer = $this->request('POST', $this->url . '/bulk/new', [202], [
            'Content-Type: application/json',
            // Makes a repeated submit the same job (doc/api.md).
            'Idempotency-Key: ' . bin2hex(random_bytes(16)),
        ], $body);
        return $answer['id'];
    }

    /** Yields the results of a job in the order of its contacts. */
    public function results(string $job): iterable
    {
        $page = $this->url . '/job/' . $job . '?details=1';
        while ($page !== null) {
            // 0 but for the first time and while the job goes on.
            sleep($this->retryAfter);
            $answer = $this->request('GET', $page, [200]);
            if ($answer['status'] !== 'completed') {
                continue;
            }
            foreach ($answer['details']['contacts'] as $item) {
                yield $item;
            }
            $next = $answer['details']['next-page'] ?? null;
            $page = $next === null ? null : $this->origin . $next;
        }
    }

    public function delete(string $job): void
    {
        // 404: deleted by a request whose answer was lost.
        $this->request('DELETE', $this->url . '/job/' . $job, [200, 404]);
    }

    /**
     * Repeats after 429 and 503 as Retry-After says, and after lost
     * connections.
     */
    private function request(
        string $method,
        string $url,
        array $expected,
        array $headers = [],
        ?string $body = null
    ): array {
        for ($try = 1;; $try++) {
            $this->retryAfter = 0;
            $curl = curl_init($url);
            curl_setopt_array($curl, [
                CURLOPT_CUSTOMREQUEST => $method,
                CURLOPT_HTTPHEADER => $headers,
                CURLOPT_USERPWD => $this->account,
                CURLOPT_RETURNTRANSFER => true,
                CURLOPT_CONNECTTIMEOUT => 30,
                CURLOPT_LOW_SPEED_LIMIT => 1,
                CURLOPT_LOW_SPEED_TIME => 120,
                CURLOPT_HEADERFUNCTION => function ($curl, $line) {
                    if (preg_match('/^Retry-After: *(\d+)/i', $line, $match)) {
                        $this->retryAfter = (int) $match[1];
                    }
                    return strlen($line);
                },
            ]);
            if ($body !== null) {
                curl_setopt($curl, CURLOPT_POSTFIELDS, $body);
            }
            $text = curl_exec($curl);
            $status = curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
            if (in_array($status, $expected, true) && $text !== false) {
                return json_decode($text, true, 512, JSON_THROW_ON_ERROR);
            }
            $again = $text === false || in_array($status, [429, 503], true);
            if (!$again || $try === TRIES) {
                $reason = $text === false ? curl_error($curl) : "$status $text";
                throw new RuntimeException("$method $url: $reason");
            }
            sleep(max(1, $this->retryAfter));
        }
    }
}

$url = getenv('BULKCONTACTS_URL');
$credentials = getenv('BULKCONTACTS_CREDENTIALS');
if ($argc !== 2 || $url === false || $credentials === false) {
    fwrite(STDERR, 'usage: BULKCONTACTS_URL=… BULKCONTACTS_CREDENTIALS=… '
        . "bulk.php CONTACTS.json\n");
    exit(1);
}
try {
    $bulk = new Bulk($url, file($credentials, FILE_IGNORE_NEW_LINES)[0]);
    $job = $bulk->submit(file_get_contents($argv[1]));
    fwrite(STDERR, "job $job\n");
    $number = 0;
    $failed = 0;
    foreach ($bulk->results($job) as $item) {
        $number++;
        if (isset($item['errors'])) {
            $failed++;
            echo "contact $number: {$item['statusCode']} ",
                $item['errors']['message'], "\n";
        }
    }
    $bulk->delete($job);
} catch (Exception $error) {
    fwrite(STDERR, $error->getMessage() . "\n");
    exit(1);
}
exit($failed > 0 ? 1 : 0);
