#include "leavings.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

enum { PATH = 256, TAIL = 4096 };  // TAIL: bytes of an output that are kept

static const struct report *map_report(const char *directory, const char *nonce, int index)
{
    char path[PATH];
    snprintf(path, sizeof path, "%s/%d.report", directory, index);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat about;
    struct report *report = NULL;
    if (file >= 0 && fstat(file, &about) == 0 && about.st_size == (off_t)sizeof *report) {
        void *memory = mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
        if (memory != MAP_FAILED) report = memory;
    }
    if (file >= 0) close(file);
    if (!report) return NULL;
    // The learner's program could write there.
    report->nonce[sizeof report->nonce - 1] = report->file[sizeof report->file - 1] =
        report->function[sizeof report->function - 1] =
            report->failure[sizeof report->failure - 1] = report->input[sizeof report->input - 1] =
                '\0';
    if (report->places < 0 || report->places > REPORT_PLACES) report->places = 0;
    if (report->ending < 0 || report->ending >= ENDINGS) report->ending = ENDING_NONE;
    if (strcmp(report->nonce, nonce) != 0) report->ending = ENDING_NONE;
    return report;
}

// read_tail keeps the end of a file, whole lines of it.
static uint64_t read_tail(const char *path, struct text *tail)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat about;
    if (file < 0) return 0;
    char part[TAIL];
    ssize_t n = -1;
    if (fstat(file, &about) == 0) {
        off_t from = about.st_size > TAIL ? about.st_size - TAIL : 0;
        n = pread(file, part, sizeof part, from);
        const char *line = from && n > 0 ? memchr(part, '\n', (size_t)n) : NULL;
        size_t skip = line ? (size_t)(line + 1 - part) : 0;
        if (n > 0) text_add_bytes(tail, (size_t)n - skip, part + skip);
    }
    close(file);
    return n < 0 ? 0 : (uint64_t)about.st_size;
}

void leavings_collect(const char *directory, const char *nonce, struct suite *s)
{
    char path[PATH];
    for (int i = 0; i < s->tests; i++) {
        struct test *t = &s->test[i];
        if (!t->begun) continue;
        t->report = map_report(directory, nonce, i);
        snprintf(path, sizeof path, "%s/%d.output", directory, i);
        t->printed = read_tail(path, &t->output);
        snprintf(path, sizeof path, "%s/san.%" PRId32, directory, t->pid);
        char *bytes;
        size_t size;
        if (file_read(path, &bytes, &size, NULL)) continue;
        text_add_bytes(&t->sanitizer, size, bytes);
        free(bytes);
    }
    snprintf(path, sizeof path, "%s/said", directory);
    read_tail(path, &s->said);
}

void leavings_free(struct test *t)
{
    union {
        const struct report *read;
        void *mapped;
    } report = {.read = t->report};
    if (t->report) munmap(report.mapped, sizeof *t->report);
    text_free(&t->output);
    text_free(&t->sanitizer);
}
