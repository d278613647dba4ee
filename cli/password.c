#include "config.h"

#include "password.h"

#include <crypt.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <termios.h>
#include <unistd.h>

#include "base64.h"
#include "command.h"
#include "digest.h"
#include "interrupt.h"
#include "log.h"

enum { SALT_BYTES = 16, RANDOM_BYTES = 16 };

/* ---- asking */

/* Up to the line end, byte by byte: what follows it is for others. */
static int
read_line(struct password *password)
{
	size_t len = 0;
	ssize_t n = 0;
	char byte;

	while (interrupt_wait_readable(STDIN_FILENO) &&
	       (n = read(STDIN_FILENO, &byte, 1)) == 1 && byte != '\n') {
		if (len == PASSWORD_MAX)
			return cli_error("the password is too long: %d bytes "
					 "at most",
			    PASSWORD_MAX);
		password->text[len++] = byte;
	}
	password->text[len] = '\0';
	if (interrupt_pending())
		return EXIT_FAILURE;
	if (n < 0)
		return cli_error("cannot read the password: %s",
		    strerror(errno));
	if (len == 0)
		return cli_error("no password was given: nothing is changed");
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)password->text[i] < ' ' ||
		    password->text[i] == 0x7f)
			return cli_error("a control character cannot be in a "
					 "password");
	return EXIT_SUCCESS;
}

static int
ask_once(struct password *password, const char *prompt)
{
	int rc;

	cli_say(prompt, strlen(prompt));
	rc = read_line(password);
	cli_say("\n", 1);
	return rc;
}

static int
ask_twice(struct password *password, const char *user)
{
	struct password again;
	char prompt[LOG_VALUE_MAX + 32];
	int rc;

	snprintf(prompt, sizeof prompt, "Password of %s: ", log_quote(user));
	if ((rc = ask_once(password, prompt)) != EXIT_SUCCESS)
		return rc;
	rc = ask_once(&again, "Once more: ");
	if (rc == EXIT_SUCCESS && strcmp(password->text, again.text) != 0)
		rc = cli_error("the passwords differ: nothing is changed");
	explicit_bzero(&again, sizeof again);
	return rc;
}

int
password_ask(struct password *password, const char *user)
{
	struct termios echo, quiet;
	int rc;

	if (tcgetattr(STDIN_FILENO, &echo) != 0)
		return read_line(password);
	quiet = echo;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	quiet.c_lflag |= ICANON | ISIG;
	if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) != 0)
		return cli_error("cannot hide what is typed: %s",
		    strerror(errno));
	rc = ask_twice(password, user);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &echo);
	return rc;
}

/* ---- making */

static int
get_random(unsigned char *bytes, size_t len)
{
	if (getrandom(bytes, len, 0) == (ssize_t)len)
		return EXIT_SUCCESS;
	return cli_error("no random numbers: %s", strerror(errno));
}

int
password_make(struct password *password)
{
	unsigned char bytes[RANDOM_BYTES];
	int rc = get_random(bytes, sizeof bytes);

	for (int i = 0; i < RANDOM_BYTES; i++)
		snprintf(password->text + 2 * i, 3, "%02x", bytes[i]);
	explicit_bzero(bytes, sizeof bytes);
	return rc;
}

/* SHA-1 of password and salt, and the salt behind it. */
static int
hash_fast(const struct password *password, const unsigned char salt[SALT_BYTES],
    char hash[PASSWORD_HASH_SIZE])
{
	const struct text texts[] = {text_of(password->text),
	    {(const char *)salt, SALT_BYTES}};
	unsigned char sum[DIGEST_SHA1_BYTES + SALT_BYTES];
	struct buf text = {0};

	digest_sha1(sum, texts, 2);
	memcpy(sum + DIGEST_SHA1_BYTES, salt, SALT_BYTES);
	base64_add(&text, sum, sizeof sum);
	if (buf_str(&text) == NULL)
		return cli_error("out of memory");
	snprintf(hash, PASSWORD_HASH_SIZE, "{SSHA}%s", buf_str(&text));
	buf_clear(&text);
	return EXIT_SUCCESS;
}

static int
hash_slowly(const struct password *password,
    const unsigned char salt[SALT_BYTES], char hash[PASSWORD_HASH_SIZE])
{
	static const char digits[] = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz";
	char setting[] = "$6$................";
	struct crypt_data *data = calloc(1, sizeof *data);
	const char *text = NULL;

	for (int i = 0; i < SALT_BYTES; i++)
		setting[3 + i] = digits[salt[i] % 64];
	if (data != NULL)
		text = crypt_r(password->text, setting, data);
	if (text != NULL && text[0] == '$')
		snprintf(hash, PASSWORD_HASH_SIZE, "%s", text);
	else
		text = NULL;
	if (data != NULL)
		explicit_bzero(data, sizeof *data);
	free(data);
	return text != NULL ? EXIT_SUCCESS
			    : cli_error("cannot hash the password");
}

int
password_hash(const struct password *password, bool random,
    char hash[PASSWORD_HASH_SIZE])
{
	unsigned char salt[SALT_BYTES];
	int rc = get_random(salt, sizeof salt);

	if (rc != EXIT_SUCCESS)
		return rc;
	return (random ? hash_fast : hash_slowly)(password, salt, hash);
}
