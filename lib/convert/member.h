#ifndef SDCTL_CONVERT_MEMBER_H
#define SDCTL_CONVERT_MEMBER_H

#include "convert/convert_state.h"

/* The steps that the rules of both directions are made of. */

/* Whether the name was given to --keep. */
bool member_keeps(const struct convert *c, const char *name);

/* Notes what happened to member m (NULL: none in the input); `to` is NULL when it is gone. */
void member_note(struct convert *c, enum note_what what, const struct scan_member *m,
                 const char *to, bool to_advanced, const char *why);

/* The same with a value that was changed into `is` (JSON text that holds until the next request).
 */
void member_change(struct convert *c, const struct scan_member *m, const char *to, bool to_advanced,
                   const char *is, const char *why);

/* Plans a member's value under the name `to`, and notes when the name or place is another. */
void member_carry(struct convert *c, const struct scan_member *m, const char *to, bool nested);

/* Begins the planned member `to` for m, with a note when the name or place is another; its pieces
 * are up to the caller. */
void member_begin(struct convert *c, const struct scan_member *m, const char *to, bool nested);

/* A member that the input does not have. */
void member_add(struct convert *c, const char *to, bool nested, const char *value, const char *why);

/* A member that the table does not know in this place: it goes along as it is, unless the output
 * gets one of that name anyway. */
void member_pass(struct convert *c, const struct scan_member *m);

#endif
