/*
 * Places at which a test makes a process of the real service fall. Only a
 * build with CRASH_POINTS has them: elsewhere they are nothing at all.
 *
 * The folder is named by the environment variable BULKCONTACTS_CRASH_DIR.
 * While it has a file "crash-point" that reads "NAME" or "stop NAME", the
 * first process to come by that point gets SIGKILL or SIGSTOP, and no other:
 * it renames the file to "fallen PID PROGRAM" before. All points are listed
 * in tests/crash/points.
 */
#ifndef CRASH_POINT_H
#define CRASH_POINT_H

#ifdef CRASH_POINTS
#define CRASH_POINT(name) crash_point(name)
void crash_point(const char *name);
#else
#define CRASH_POINT(name) ((void)0)
#endif

#endif
