/* What is asked again and again: status, and pages of results. */
#include "config.h"

#include <string.h>

#include "bench.h"
#include "hello.h"
#include "report.h"
#include "service.h"

enum { CONNECTIONS = 32 };

#define US 1e6

/* The path of a job that is completed. */
static void
complete_job(struct bench *bench, struct buf *job)
{
	struct service *service = bench_service(bench);
	struct contacts contacts;

	contacts_make_new(&contacts, bench->next, bench->job);
	bench->next += bench->job;
	service->stored += bench->job;
	service_submit(service, "POST", &contacts.body, job);
	service_await(service, job, NULL, NULL);
	contacts_clear(&contacts);
}

static double
measure(const struct http_peer *peer, const char *path, size_t answers)
{
	size_t left = answers;

	return (double)answers /
	       http_load(peer, path, CONNECTIONS, http_load_count, &left, NULL);
}

static double
processors_of(const struct service *service)
{
	return service_cpu_of(service, "fcgi") +
	       service_cpu_of(service, "nginx");
}

static void
compare(struct bench *bench, const char *path, struct report_line line)
{
	struct service *service = bench_service(bench);
	struct hello *hello = bench_hello(bench);
	size_t answers = bench->job / 2, len;
	struct series used = {0}, least = {0};
	struct http_answer answer;

	http_expect(service->http, "GET", path, NULL, 200, &answer);
	len = answer.len;
	for (int i = 0; i < bench->rounds; i++) {
		double before = hello_cpu(hello);

		series_add(&line.other,
		    measure(&hello->peer, hello_path(len), answers));
		series_add(&least,
		    (hello_cpu(hello) - before) * US / (double)answers);
		before = processors_of(service);
		series_add(&line.here, measure(&service->peer, path, answers));
		series_add(&used,
		    (processors_of(service) - before) * US / (double)answers);
	}
	report_add(&line);
	report_add(&(struct report_line){line.row, "processor for each", "us",
	    used, "hello", least, REPORT_NO_GOAL, 0});
}

void
row_status(struct bench *bench)
{
	struct buf job = {0};

	complete_job(bench, &job);
	compare(bench, buf_str(&job),
	    (struct report_line){.row = "status",
		.what = "GET status, 32 connections",
		.unit = "/s",
		.beside = "hello",
		.goal = REPORT_AT_LEAST,
		.limit = 0.75});
	buf_clear(&job);
}

void
row_page(struct bench *bench)
{
	struct buf job = {0};

	complete_job(bench, &job);
	buf_add_str(&job, "?details=1");
	compare(bench, buf_str(&job),
	    (struct report_line){.row = "page",
		.what = "GET 200 results, 32 connections",
		.unit = "/s",
		.beside = "hello",
		.goal = REPORT_AT_LEAST,
		.limit = 0.6});
	buf_clear(&job);
}
