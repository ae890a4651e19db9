#include "records.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "file.h"
#include "lines.h"
#include "print.h"

static const char FIRST[] =
    "# Handmade GPT: what `make` found last, lesson by lesson.  Safe to commit.\n"
    "# lesson  points  verdict  checksum of the file  hints taken\n";

// The file as it stands: comments and records in their order.
struct sheet {
    struct records r;
    size_t lines;
    const char **text;       // of a comment, else NULL
    struct record **record;  // else
};

static const char *path_of(const char *mine, struct arena *a)
{
    return print_text(a, "%s/progress.txt", mine);
}

static int read_hint(char *word, struct record *r)
{
    char *colon = strchr(word, ':');
    if (!colon || colon == word || r->hints == RECORDS_HINTS) return 0;
    *colon = 0;
    r->hint[r->hints].function = word;
    return line_whole(colon + 1, 0, 999, &r->hint[r->hints++].taken);
}

static int is_verdict(const char *word)
{
    for (int v = 0; v < VERDICTS; v++) {
        if (!strcmp(word, verdict_name((enum verdict)v))) return 1;
    }
    return 0;
}

static int read_checksum(const char *word, uint64_t *checksum)
{
    if (strlen(word) != 16 || strspn(word, "0123456789abcdef") != 16) return 0;
    *checksum = strtoull(word, NULL, 16);
    return 1;
}

// read_record reads a line; returns 0 if it is damaged.
static int read_record(char *rest, struct record *r)
{
    *r = (struct record){.slug = line_word(&rest)};
    char *points = line_word(&rest), *slash = strchr(points, '/');
    if (!slash) return 0;
    *slash = 0;
    if (!line_whole(points, 0, 1000, &r->got) || !line_whole(slash + 1, 0, 1000, &r->possible) ||
        r->got > r->possible)
        return 0;
    r->verdict = line_word(&rest);
    if (!is_verdict(r->verdict) || !read_checksum(line_word(&rest), &r->checksum)) return 0;
    for (char *word; *(word = line_word(&rest));) {
        if (!read_hint(word, r)) return 0;
    }
    return 1;
}

static enum err read_line(const struct lines *l, size_t i, struct arena *a, struct sheet *s,
                          struct error *e)
{
    char *line = arena_string(a, l->line[i]);
    char *text = line_trim(line);
    s->text[i] = l->line[i], s->record[i] = NULL;
    if (!*text || *text == '#') return ERR_NONE;
    struct record *r = &s->r.record[s->r.count];
    if (!read_record(text, r))
        return lines_error(l, i, e,
                           "expected 'SLUG GOT/POSSIBLE VERDICT CHECKSUM', found '%s'; take the "
                           "line out, then: make grade",
                           l->line[i]);
    if (records_find(&s->r, r->slug))
        return lines_error(l, i, e, "expected one line for %s, found another; take one out",
                           r->slug);
    s->text[i] = NULL, s->record[i] = r;
    s->r.count++;
    return ERR_NONE;
}

static enum err sheet_read(const char *mine, struct arena *a, struct sheet *s, struct error *e)
{
    *s = (struct sheet){.r.path = path_of(mine, a)};
    struct lines l = {0};
    if (file_exists(s->r.path)) {
        enum err code = lines_read(s->r.path, a, &l, e);
        if (code) return code;
    }
    // Room for one record more.
    s->lines = l.count;
    s->text = arena_alloc(a, (l.count + 1) * sizeof *s->text);
    s->record = arena_alloc(a, (l.count + 1) * sizeof *s->record);
    s->r.record = arena_alloc(a, (l.count + 1) * sizeof *s->r.record);
    for (size_t i = 0; i < l.count; i++) {
        enum err code = read_line(&l, i, a, s, e);
        if (code) return code;
    }
    return ERR_NONE;
}

enum err records_read(const char *mine, struct arena *a, struct records *r, struct error *e)
{
    struct sheet s;
    enum err code = sheet_read(mine, a, &s, e);
    if (!code) *r = s.r;
    return code;
}

static struct record *find(const struct records *r, const char *slug)
{
    for (int i = 0; i < r->count; i++) {
        if (!strcmp(r->record[i].slug, slug)) return &r->record[i];
    }
    return NULL;
}

const struct record *records_find(const struct records *r, const char *slug)
{
    return find(r, slug);
}

int record_hints(const struct record *record, const char *function)
{
    for (int i = 0; record && i < record->hints; i++) {
        if (!strcmp(record->hint[i].function, function)) return record->hint[i].taken;
    }
    return 0;
}

static enum err sheet_write(const struct sheet *s, struct error *e)
{
    struct output *o;
    enum err code = output_open(s->r.path, &o, e);
    if (code) return code;
    if (s->record[0]) output_print(o, "%s", FIRST);
    for (size_t i = 0; i < s->lines; i++) {
        const struct record *r = s->record[i];
        if (s->text[i]) {
            output_print(o, "%s\n", s->text[i]);
            continue;
        }
        output_print(o, "%s %d/%d %s %016" PRIx64, r->slug, r->got, r->possible, r->verdict,
                     r->checksum);
        for (int h = 0; h < r->hints; h++)
            output_print(o, " %s:%d", r->hint[h].function, r->hint[h].taken);
        output_print(o, "\n");
    }
    return output_commit(o, e);
}

// lock waits a little for another of us, such as make watch beside make grade.
static enum err lock(const char *mine, int *held, struct error *e)
{
    const struct timespec pause = {.tv_nsec = 20000000};
    enum err code = file_lock(mine, held, e);
    for (int i = 0; code && i < 250 && file_is_directory(mine); i++) {
        nanosleep(&pause, NULL);
        code = file_lock(mine, held, e);
    }
    return code;
}

// change reads the file, lets `edit` change the record of slug, which it makes if there is none,
// and writes the file.
static enum err change(const char *mine, const char *slug,
                       void (*edit)(struct record *, const void *), const void *with,
                       struct error *e)
{
    int held;
    enum err code = lock(mine, &held, e);
    if (code) return code;
    struct arena *a = arena_new();
    struct sheet s;
    code = sheet_read(mine, a, &s, e);
    if (!code) {
        struct record *r = find(&s.r, slug);
        if (!r) {
            r = &s.r.record[s.r.count++];
            *r = (struct record){.slug = slug, .verdict = verdict_name(VERDICT_UNWRITTEN)};
            s.text[s.lines] = NULL;
            s.record[s.lines++] = r;
        }
        edit(r, with);
        code = sheet_write(&s, e);
    }
    arena_free(a);
    file_unlock(held);
    return code;
}

static void edit_grade(struct record *r, const void *with)
{
    const struct result *result = with;
    result_points(result, &r->got, &r->possible);
    r->verdict = verdict_name(result->verdict);
    r->checksum = result->checksum;
}

enum err records_grade(const char *mine, const struct result *result, struct error *e)
{
    return change(mine, result->lesson, edit_grade, result, e);
}

static void edit_hint(struct record *r, const void *with)
{
    const char *function = with;
    for (int i = 0; i < r->hints; i++) {
        if (strcmp(r->hint[i].function, function) != 0) continue;
        if (r->hint[i].taken < 999) r->hint[i].taken++;
        return;
    }
    if (r->hints == RECORDS_HINTS) return;
    r->hint[r->hints].function = function;
    r->hint[r->hints++].taken = 1;
}

enum err records_hint(const char *mine, const char *slug, const char *function, struct error *e)
{
    return change(mine, slug, edit_hint, function, e);
}
