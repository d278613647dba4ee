/*
 * The least that a FastCGI program can do: read the body away, and answer
 * with the headers of the service and as many bytes as the query says.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <fcgiapp.h>

enum { STEP = 64 << 10, BYTES_MAX = 1 << 20, ANSWER = 45 };

static void
answer(FCGX_Request *request)
{
	static char piece[STEP], bytes[BYTES_MAX];
	const char *query = FCGX_GetParam("QUERY_STRING", request->envp);
	const char *length = FCGX_GetParam("CONTENT_LENGTH", request->envp);
	size_t count = query != NULL ? strtoul(query, NULL, 10) : 0;

	while (
	    FCGX_GetStr(piece, sizeof piece, request->in) == (int)sizeof piece)
		continue;
	if (count == 0 || count > sizeof bytes)
		count = ANSWER;
	if (bytes[0] == '\0')
		memset(bytes, 'x', sizeof bytes);
	FCGX_FPrintF(request->out,
	    "Status: %s\r\n"
	    "Content-Type: application/json\r\n"
	    "Content-Length: %d\r\n"
	    "Cache-Control: no-store\r\n"
	    "X-Content-Type-Options: nosniff\r\n"
	    "\r\n",
	    length != NULL && *length != '\0' ? "202 Accepted" : "200 OK",
	    (int)count); /* libfcgi knows no %zu */
	FCGX_PutStr(bytes, (int)count, request->out);
}

int
main(void)
{
	FCGX_Request request;

	if (FCGX_Init() != 0 || FCGX_InitRequest(&request, 0, 0) != 0)
		return 1;
	while (FCGX_Accept_r(&request) == 0) {
		answer(&request);
		FCGX_Finish_r(&request);
	}
	return 0;
}
