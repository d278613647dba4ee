#include "config.h"

#include "conf.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whom to become. */
struct account {
	const char *name; /* NULL: a number that nobody has */
	uid_t uid;
	gid_t gid;
};

static bool
parse_id(const char *text, uid_t *id)
{
	unsigned long value;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	value = strtoul(text, &end, 10);
	*id = (uid_t)value;
	/* -1 means "leave it as it is" to the system calls */
	return *end == '\0' && errno == 0 && *id == value && *id != (uid_t)-1;
}

static bool
find_account(const char *user, struct account *account)
{
	const struct passwd *entry = getpwnam(user);
	uid_t id;

	if (entry == NULL && parse_id(user, &id)) {
		entry = getpwuid(id);
		if (entry == NULL) {
			*account = (struct account){NULL, id, id};
			return true;
		}
	}
	if (entry == NULL)
		return false;
	*account =
	    (struct account){entry->pw_name, entry->pw_uid, entry->pw_gid};
	return true;
}

static bool
become(const struct account *account)
{
	int groups = account->name != NULL
			 ? initgroups(account->name, account->gid)
			 : setgroups(0, NULL);

	return groups == 0 &&
	       setresgid(account->gid, account->gid, account->gid) == 0 &&
	       setresuid(account->uid, account->uid, account->uid) == 0;
}

/* Believed only when the way back is seen to be shut. */
static bool
is_root_still(void)
{
	return getuid() == 0 || geteuid() == 0 || setuid(0) == 0 ||
	       seteuid(0) == 0;
}

int
conf_become_user(const struct conf *conf, char error[CONF_ERROR_SIZE])
{
	struct account account;

	umask(077);
	if (geteuid() != 0)
		return 0;
	if (conf->user[0] == '\0') {
		snprintf(error, CONF_ERROR_SIZE,
		    "user is empty: set it to the system user to run as, for "
		    "nothing here runs as root");
		return -1;
	}
	if (!find_account(conf->user, &account)) {
		snprintf(error, CONF_ERROR_SIZE,
		    "user = %s: there is no such system user: make it, or set "
		    "user to another",
		    log_quote(conf->user));
		return -1;
	}
	if (account.uid == 0) {
		snprintf(error, CONF_ERROR_SIZE,
		    "user = %s is root: set user to a system user of its own",
		    log_quote(conf->user));
		return -1;
	}
	if (!become(&account) || is_root_still()) {
		snprintf(error, CONF_ERROR_SIZE,
		    "user = %s: cannot become it (%s): start as root, or as "
		    "that user",
		    log_quote(conf->user), strerror(errno));
		return -1;
	}
	return 0;
}
