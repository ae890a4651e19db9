// solution: the reference beside the learner's file; and back to the stub.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "child.h"
#include "course.h"
#include "file.h"
#include "lines.h"
#include "print.h"
#include "records.h"
#include "say.h"
#include "verbs.h"

// write_unmarked copies the reference without the marks around what the learner writes.
static enum err write_unmarked(const char *from, const char *to, struct arena *a, struct error *e)
{
    struct lines l;
    enum err code = lines_read(from, a, &l, e);
    if (code) return code;
    struct output *o;
    code = output_open(to, &o, e);
    if (code) return code;
    for (size_t i = 0; i < l.count; i++) {
        const char *text = l.line[i] + strspn(l.line[i], " ");
        if (!strcmp(text, "// SOLUTION BEGIN") || !strcmp(text, "// SOLUTION END")) continue;
        output_print(o, "%s\n", l.line[i]);
    }
    return output_commit(o, e);
}

// show compares the two files: side by side where the terminal is wide enough to read it.
static int show(char *yours, char *reference, struct arena *a)
{
    enum { WIDE = 140 };
    struct winsize w;
    int columns = ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 ? w.ws_col : 0;
    printf("%s, and the reference, without what is in both\n", yours);
    char *side[] = {"diff", "-y", "-W", print_text(a, "%d", columns), yours, reference, NULL};
    char *unified[] = {"diff",          "-U",  "5",       "-L", yours, "-L",
                       "the reference", yours, reference, NULL};
    if (columns >= WIDE) printf("left: yours      right: the reference\n");
    if (columns < WIDE) printf("-: only in yours      +: only in the reference\n");
    int status = child_show(columns >= WIDE ? side : unified, NULL, NULL);
    if (status == 0) printf("The two are the same.\n");
    return status > 1;
}

static enum err passed(const struct house *h, const struct course_lesson *l, struct arena *a,
                       int *is, struct error *e)
{
    struct records r;
    enum err code = records_read(h->mine, a, &r, e);
    if (code) return code;
    const struct record *record = records_find(&r, l->slug);
    *is = record && !strcmp(record->verdict, verdict_name(VERDICT_PASSED));
    return ERR_NONE;
}

static enum err solution(const struct house *h, const struct course_lesson *l, struct arena *a,
                         int *status, struct error *e)
{
    const char *force = getenv("FORCE");
    int is = force && !strcmp(force, "1");
    enum err code = is ? ERR_NONE : passed(h, l, a, &is, e);
    if (code) return code;
    if (!is)
        return error_set(e, ERR_MATCH,
                         "%02d %s has not passed yet.  A hint: make hint-%02d.  The solution "
                         "anyway: make solution-%02d FORCE=1",
                         l->number, l->slug, l->number, l->number);
    char path[HOUSE_PATH];
    house_grade(h, &l->at, ".reference.c", path);
    code = file_make_directory(h->grade, e);
    if (!code) code = write_unmarked(l->at.answer, path, a, e);
    if (!code) *status = show(arena_string(a, l->at.file), path, a);
    return code;
}

int verb_solution(const struct house *h, int argc, char **argv)
{
    struct course c;
    const struct course_lesson *l;
    struct error e;
    int status = course_ask(h, argc, argv, "solution LESSON", &c, &l);
    if (status) return status;
    struct arena *a = arena_new();
    if (solution(h, l, a, &status, &e)) status = say_error(&e);
    arena_free(a);
    course_free(&c);
    return status;
}

// --- the stub again -----------------------------------------------------------------------------

// keep writes bytes to path.backup-N, N the first that is free.  No backup is ever written over.
static enum err keep(const char *path, const char *bytes, size_t size, struct arena *a,
                     const char **backup, struct error *e)
{
    int fd = -1;
    for (int n = 1; fd < 0; n++) {
        *backup = print_text(a, "%s.backup-%d", path, n);
        fd = open(*backup, O_WRONLY | O_CREAT | O_EXCL, 0666);
        if (fd < 0 && errno != EEXIST)
            return error_set(e, ERR_IO, "%s: cannot create: %s", *backup, strerror(errno));
    }
    errno = ENOSPC;
    int failed = write(fd, bytes, size) != (ssize_t)size || fsync(fd) != 0 ? errno : 0;
    if (close(fd) != 0 && !failed) failed = errno;
    if (!failed) return ERR_NONE;
    unlink(*backup);
    return error_set(e, ERR_IO, "%s: cannot write: %s", *backup, strerror(failed));
}

// put_stub makes path the stub, and keeps what stood there.
static enum err put_stub(const char *path, const struct child *stub, struct arena *a,
                         struct error *e)
{
    char *bytes = NULL;
    size_t size = 0;
    const char *backup = "";
    enum err code = file_exists(path) ? file_read(path, &bytes, &size, e) : ERR_NONE;
    if (code) return code;
    int same = bytes && size == stub->out_size && !memcmp(bytes, stub->out, size);
    if (bytes && !same) code = keep(path, bytes, size, a, &backup, e);
    free(bytes);
    if (code) return code;
    if (same) {
        printf("%s is the stub already.\n", path);
        return ERR_NONE;
    }
    struct output *o;
    code = output_open(path, &o, e);
    if (code) return code;
    output_write(o, stub->out, stub->out_size);
    code = output_commit(o, e);
    if (code) return code;
    printf("%s is the stub again.\n", path);
    if (*backup) printf("What was there is kept in %s\n", backup);
    return ERR_NONE;
}

static enum err reset(const struct house *h, const struct course_lesson *l, struct arena *a,
                      struct error *e)
{
    char *argv[] = {"awk", "-f", "tests/harness/stub.awk", arena_string(a, l->at.answer), NULL};
    const char *home = print_text(a, "%s/%s", h->mine, l->at.text + strlen("lessons/"));
    struct child stub;
    child_merge(argv, &stub);
    enum err code = file_make_directory(home, e);
    if (stub.status)
        code = error_set(e, ERR_FORMAT, "%.*s", (int)strcspn(stub.out, "\n"), stub.out);
    if (!code) code = put_stub(l->at.file, &stub, a, e);
    child_free(&stub);
    return code;
}

int verb_reset(const struct house *h, int argc, char **argv)
{
    struct course c;
    const struct course_lesson *l;
    struct error e;
    int status = course_ask(h, argc, argv, "reset LESSON", &c, &l);
    if (status) return status;
    struct arena *a = arena_new();
    if (reset(h, l, a, &e)) status = say_error(&e);
    arena_free(a);
    course_free(&c);
    return status;
}
