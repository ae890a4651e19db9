// loss_log: a run that is cut off and resumed leaves the same file as one that is not.
#include "loss_log.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

enum { STEPS = 12 };

static char directory[] = "/tmp/loss_log-XXXXXX";
static char path[64];

static void begin(void)
{
    cr_assert_not_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/loss.tsv", directory);
}

static void end(void)
{
    unlink(path);
    cr_assert_eq(rmdir(directory), 0, "something else was left in the directory");
}

TestSuite(loss_log, .init = begin, .fini = end);

static struct loss_log opened(int step, double floor)
{
    struct loss_log log;
    struct error e;
    cr_assert_eq(loss_log_open(directory, step, floor, &log, &e), ERR_NONE, "%s", e.text);
    return log;
}

// add writes the lines of steps first … last.
static void add(struct loss_log *log, int first, int last)
{
    for (int step = first; step <= last; step++) {
        loss_log_add(log, step, 3.0 / step, step % 5 == 0 ? 4.0 / step : (double)NAN);
    }
}

static void closed(struct loss_log *log)
{
    struct error e;
    cr_assert_eq(loss_log_close(log, &e), ERR_NONE, "%s", e.text);
}

static char *content(void)
{
    char *text;
    size_t size;
    struct error e;
    cr_assert_eq(file_read(path, &text, &size, &e), ERR_NONE, "%s", e.text);
    return text;
}

static char *unbroken(double floor)
{
    struct loss_log log = opened(0, floor);
    add(&log, 1, STEPS);
    closed(&log);
    return content();
}

Test(loss_log, says_what_it_holds)
{
    struct loss_log log = opened(0, (double)NAN);
    loss_log_add(&log, 1, 2.5, (double)NAN);
    loss_log_add(&log, 2, 1.25, 1.5);
    closed(&log);
    cr_assert_str_eq(content(), "# floor unknown\n# step\ttrain\tval\t(bits per byte)\n"
                                "1\t2.50000\t-\n2\t1.25000\t1.50000\n");
    log = opened(0, 0.875);
    closed(&log);
    cr_assert_str_eq(content(), "# floor 0.875000\n# step\ttrain\tval\t(bits per byte)\n",
                     "a run that begins starts the file anew");
}

Test(loss_log, resumed_anywhere_it_becomes_the_same_file)
{
    char *whole = unbroken(1.5);
    for (int died = 0; died <= STEPS; died++) {
        // The checkpoint it goes back to is any before the last line that was written.
        for (int step = 0; step <= died; step++) {
            struct loss_log log = opened(0, 1.5);
            add(&log, 1, died);
            closed(&log);
            log = opened(step, 1.5);
            add(&log, step + 1, STEPS);
            closed(&log);
            char *text = content();
            cr_assert_str_eq(text, whole, "died after %d, resumed at %d", died, step);
            free(text);
        }
    }
    free(whole);
}

Test(loss_log, half_a_line_at_the_end_is_dropped)
{
    char *whole = unbroken((double)NAN);
    size_t size = strlen(whole);
    const char *body = strstr(whole, "\n1\t") + 1;
    for (size_t cut = (size_t)(body - whole); cut <= size; cut++) {
        cr_assert_eq(truncate(path, 0), 0);
        FILE *f = fopen(path, "w");
        fwrite(whole, 1, cut, f);
        fclose(f);
        // A checkpoint is only written after its lines: all whole lines, or fewer.
        int lines = 0;
        for (const char *p = body; p < whole + cut; p++) lines += *p == '\n';
        struct loss_log log = opened(lines ? lines : 0, (double)NAN);
        add(&log, lines + 1, STEPS);
        closed(&log);
        char *text = content();
        cr_assert_str_eq(text, whole, "cut at %zu", cut);
        free(text);
    }
    free(whole);
}

Test(loss_log, lines_are_on_the_disk_after_a_flush)
{
    struct loss_log log = opened(0, (double)NAN);
    add(&log, 1, 2);
    loss_log_flush(&log);
    cr_assert(strstr(content(), "\n2\t1.50000\t-\n") != NULL);
    closed(&log);
}

Test(loss_log, a_lost_file_does_not_stop_a_resumed_run)
{
    struct loss_log log = opened(7, 1.5);
    add(&log, 8, 8);
    closed(&log);
    const char *text = content();
    cr_assert(strstr(text, "# floor 1.500000\n") == text && strstr(text, "\n8\t"), "%s", text);
}

Test(loss_log, what_cannot_be_opened_is_refused)
{
    char missing[80];
    snprintf(missing, sizeof missing, "%s/none", directory);
    struct loss_log log = {.path = missing};
    struct error e = {0};
    cr_assert_eq(loss_log_open(missing, 0, 1, &log, &e), ERR_IO);
    cr_assert(e.code == ERR_IO && strstr(e.text, "none/loss.tsv"), "%s", e.text);
    cr_assert(log.path == missing && log.file == NULL, "the output was touched");
    cr_assert_eq(mkdir(path, 0777), 0);
    cr_assert_eq(loss_log_open(directory, 3, 1, &log, &e), ERR_IO);
    cr_assert(strstr(e.text, path), "%s", e.text);
    cr_assert(log.path == missing && log.file == NULL, "the output was touched");
    rmdir(path);
}

Test(loss_log, a_line_that_was_not_written_is_found_on_closing)
{
    int full = open("/dev/full", O_WRONLY);
    if (full < 0) cr_skip("no /dev/full here");
    for (int flushed = 0; flushed < 2; flushed++) {
        struct loss_log log = opened(0, 1);
        cr_assert(dup2(full, fileno(log.file)) >= 0);
        add(&log, 1, 1);
        if (flushed) loss_log_flush(&log);
        struct error e = {0};
        cr_assert_eq(loss_log_close(&log, &e), ERR_IO);
        cr_assert(strstr(e.text, path) && strstr(e.text, "checkpoint"), "%s", e.text);
    }
}
