#ifndef SDCTL_CMD_EXTERNAL_H
#define SDCTL_CMD_EXTERNAL_H

/*
 * Runs `sdctl-NAME` in place of this process, as git does: from $SDCTL_EXEC_PATH, the libexec
 * folder, the folder of this program, or PATH (absolute folders only). Names are lower-case
 * letters, digits and '-'. Returns only when there is no such program, or with *errnum set when it
 * cannot be run.
 */
void external_run(const char *name, char **argv, int *errnum);

#endif
