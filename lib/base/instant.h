#ifndef SDCTL_BASE_INSTANT_H
#define SDCTL_BASE_INSTANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Points in time of the world's clock: milliseconds since 1970, UTC. */

#define INSTANT_TEXT 32

int64_t instant_now(void);

/* Seconds since 1970 of a date and time in the Gregorian calendar. */
int64_t instant_of(int year, int month, int day, int hour, int minute, int second);

/* Reads ISO 8601: "2026-11-21", "2026-11-21T13:14", "2026-11-21T13:14:15.250Z", "... +01:00";
 * without a zone it is this machine's local time. False when it is none. */
bool instant_parse(const char *text, int64_t *ms);

/* "2026-11-21T13:14:15Z" of milliseconds, `offset` seconds ahead of UTC; without the Z when `zone`
 * is false. "" when it cannot be told. */
void instant_format(char to[INSTANT_TEXT], int64_t ms, long offset, bool zone);

#endif
