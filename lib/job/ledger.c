#include "job/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/outfile.h"
#include "job/journal_file.h"
#include "job/ledger_files.h"
#include "wire/json.h"

#define MAGIC "sdctl ledger 2\n"
#define HEADER_SIZE 512
#define SEGMENTS_MAX 40
#define FIRST_SEGMENT 1024 /* records; each further one holds twice as many */
#define DIGEST_SIZE 20
#define LINE_MAX_BYTES 60000 /* of one job's paths */

/* A job in the table, as it is on disk (this machine's byte order: the file stays here). */
struct record {
    uint8_t digest[DIGEST_SIZE];
    uint8_t state; /* enum ledger_state; LEDGER_NONE: the place is free */
    uint8_t check; /* of all other bytes */
    uint16_t length;
    uint64_t offset; /* of its line in the paths file */
};

struct header {
    char magic[16];
    uint64_t counts[SEGMENTS_MAX]; /* records in each segment */
};

struct ledger {
    struct journal_file place; /* the folder */
    int table, paths;
    struct header header;
};

/* Where a place that was found or is free stands. */
struct spot {
    off_t at;
    struct record record;
};

static uint8_t check_of(struct record r)
{
    const uint8_t *bytes = (const uint8_t *)&r;
    unsigned sum = 0x5d;

    r.check = 0;
    for (size_t i = 0; i < sizeof r; i++) {
        sum = sum * 31 + bytes[i];
    }
    return (uint8_t)(sum ^ sum >> 8);
}

static uint64_t segment_size(unsigned segment)
{
    return (uint64_t)FIRST_SEGMENT << segment;
}

static off_t segment_start(unsigned segment)
{
    return (off_t)(HEADER_SIZE + sizeof(struct record) * (segment_size(segment) - FIRST_SEGMENT));
}

/* Looks a digest up in a segment: 1 found, 0 not there (*spot is the free place), -1 unreadable. */
static int find_in(const struct ledger *l, unsigned segment, const uint8_t digest[DIGEST_SIZE],
                   struct spot *spot)
{
    uint64_t size = segment_size(segment), start;

    memcpy(&start, digest, sizeof start);
    for (uint64_t i = 0; i < size; i++) {
        spot->at = segment_start(segment) + (off_t)(sizeof spot->record * ((start + i) % size));
        ssize_t got = pread(l->table, &spot->record, sizeof spot->record, spot->at);
        if (got < 0) {
            return -1;
        }
        if (got != sizeof spot->record || spot->record.state == LEDGER_NONE) {
            return 0;
        }
        if (memcmp(spot->record.digest, digest, DIGEST_SIZE) == 0) {
            return 1;
        }
    }
    return -1;
}

static bool read_header(struct ledger *l)
{
    return pread(l->table, &l->header, sizeof l->header, 0) == sizeof l->header &&
           memcmp(l->header.magic, MAGIC, sizeof MAGIC) == 0;
}

/* The segments that hold anything; one at least. */
static unsigned segments(const struct ledger *l)
{
    unsigned n = 1;

    while (n < SEGMENTS_MAX && l->header.counts[n] > 0) {
        n++;
    }
    return n;
}

/* Finds it in any segment, the newest first. */
static int find(struct ledger *l, const uint8_t digest[DIGEST_SIZE], struct spot *spot)
{
    for (unsigned s = segments(l); s-- > 0;) {
        int found = find_in(l, s, digest, spot);
        if (found != 0) {
            return found;
        }
    }
    return 0;
}

/* The line of a record: [total, file ...]; NULL when it cannot be read. */
static json_t *read_files(const struct ledger *l, const struct record *r)
{
    char *line = malloc((size_t)r->length + 1);
    bool got = line != NULL && pread(l->paths, line, r->length, (off_t)r->offset) == r->length;
    json_t *files = got ? json_loadb(line, r->length, 0, NULL) : NULL;

    free(line);
    if (!json_is_integer(json_array_get(files, 0))) {
        json_decref(files);
        return NULL;
    }
    return files;
}

enum ledger_state ledger_find(struct ledger *l, const char *digest)
{
    uint8_t raw[DIGEST_SIZE];
    struct spot spot;

    if (!hex_decode(raw, DIGEST_SIZE, digest) || !read_header(l) || find(l, raw, &spot) != 1 ||
        spot.record.check != check_of(spot.record)) {
        return LEDGER_NONE;
    }
    enum ledger_state state = (enum ledger_state)spot.record.state;
    if (state == LEDGER_DONE || state == LEDGER_PLACING) {
        json_t *files = read_files(l, &spot.record);
        bool placing = state == LEDGER_PLACING, done = ledger_files_exist(files, placing);
        if (placing && !done) {
            ledger_files_remove(files);
        }
        state = done ? LEDGER_DONE : placing ? LEDGER_SENT : LEDGER_NONE;
        json_decref(files);
    }
    return state == LEDGER_MISSING ? LEDGER_NONE : state;
}

static bool set_lock(const struct ledger *l, short type)
{
    struct flock lock = {.l_type = type, .l_whence = SEEK_SET};
    int result;

    do {
        result = fcntl(l->table, F_SETLKW, &lock);
    } while (result != 0 && errno == EINTR);
    return result == 0;
}

/* Appends the line of a record. */
static bool add_files(const struct ledger *l, const json_t *files, size_t total, struct record *r)
{
    json_t *list = json_array();
    int bad = json_array_append_new(list, json_integer((json_int_t)total));

    bad |= files != NULL ? json_array_extend(list, (json_t *)(size_t)files) : 0;
    char *text = bad != 0 ? NULL : json_dumps(list, JSON_COMPACT);
    off_t end = lseek(l->paths, 0, SEEK_END);
    size_t n = text == NULL ? 0 : strlen(text);
    bool done = text != NULL && n < LINE_MAX_BYTES && end >= 0 &&
                outfile_write_all(l->paths, text, n) == 0 &&
                outfile_write_all(l->paths, "\n", 1) == 0;
    r->length = (uint16_t)n;
    r->offset = (uint64_t)end;
    free(text);
    json_decref(list);
    return done;
}

/* The place for a digest: its own, else a free one in the newest segment that has room. */
static bool place_for(struct ledger *l, const uint8_t digest[DIGEST_SIZE], struct spot *spot,
                      bool *new, unsigned *segment)
{
    int found = find(l, digest, spot);

    *new = found == 0;
    if (found != 0) {
        return found == 1;
    }
    *segment = segments(l) - 1;
    if (l->header.counts[*segment] * 10 >= segment_size(*segment) * 7) {
        (*segment)++;
    }
    return *segment < SEGMENTS_MAX && find_in(l, *segment, digest, spot) == 0;
}

/* Writes a record in its place; with the lock held. */
static bool put(struct ledger *l, struct record r, const json_t *files, size_t total)
{
    struct spot spot;
    unsigned segment = 0;
    bool new;

    if (!read_header(l) || !place_for(l, r.digest, &spot, &new, &segment)) {
        return false;
    }
    bool keep = r.state == LEDGER_DONE && !new &&spot.record.state == LEDGER_PLACING;
    if (keep) {
        r.offset = spot.record.offset;
        r.length = spot.record.length;
    } else if ((r.state == LEDGER_DONE || r.state == LEDGER_PLACING) &&
               !add_files(l, files, total, &r)) {
        return false;
    }
    r.check = check_of(r);
    if (pwrite(l->table, &r, sizeof r, spot.at) != sizeof r) {
        return false;
    }
    l->header.counts[segment] += new;
    return !new || pwrite(l->table, &l->header, sizeof l->header, 0) == sizeof l->header;
}

int ledger_put(struct ledger *l, const char *digest, enum ledger_state state, const json_t *files,
               size_t total, struct error *err)
{
    struct record r = {.state = (uint8_t)state};

    errno = 0;
    bool done = hex_decode(r.digest, DIGEST_SIZE, digest) && set_lock(l, F_WRLCK) &&
                put(l, r, files, total);
    int errnum = errno != 0 ? errno : EIO;
    set_lock(l, F_UNLCK);
    return done ? 0 : journal_file_cannot_write(&l->place, errnum, err);
}

static int open_file(struct ledger *l, const char *name, const char *ending, int *fd,
                     struct error *err)
{
    char file[96];
    struct stat st;

    snprintf(file, sizeof file, "batch-%s.%s", name, ending);
    *fd = journal_file_regular(&l->place, file, O_RDWR | O_CREAT, &st);
    return *fd >= 0 ? journal_file_check(&st, file, err)
                    : journal_file_cannot_write(&l->place, errno, err);
}

static int begin(struct ledger *l, struct error *err)
{
    struct header fresh = {.magic = MAGIC};
    struct stat st;
    bool good = set_lock(l, F_WRLCK) && fstat(l->table, &st) == 0;

    if (good && st.st_size == 0) {
        good = pwrite(l->table, &fresh, sizeof fresh, 0) == sizeof fresh;
    }
    int errnum = errno;
    set_lock(l, F_UNLCK);
    if (!good) {
        return journal_file_cannot_write(&l->place, errnum, err);
    }
    return read_header(l)
               ? 0
               : error_set(err, EXIT_OUTPUT,
                           "a batch's ledger in '%s' is damaged: delete it to begin anew",
                           l->place.folder);
}

int ledger_open(struct ledger **out, const char *name, struct error *err)
{
    struct ledger *l = calloc(1, sizeof *l);

    *out = NULL;
    if (l == NULL) {
        return error_memory(err, "opening the batch's ledger");
    }
    l->table = l->paths = -1;
    l->place.dir = l->place.lock = -1;
    if (journal_file_open(&l->place, true, err) != 0 ||
        open_file(l, name, "ledger", &l->table, err) != 0 ||
        open_file(l, name, "paths", &l->paths, err) != 0 || begin(l, err) != 0) {
        ledger_close(l);
        return -1;
    }
    *out = l;
    return 0;
}

void ledger_close(struct ledger *l)
{
    if (l == NULL) {
        return;
    }
    if (l->table >= 0) {
        close(l->table);
    }
    if (l->paths >= 0) {
        close(l->paths);
    }
    journal_file_close(&l->place);
    free(l);
}
