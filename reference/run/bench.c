#include "bench.h"

#include <stdlib.h>
#include <string.h>

#include "bench_generate.h"
#include "bench_report.h"
#include "bench_step.h"
#include "bench_time.h"
#include "bench_train.h"
#include "file.h"
#include "memory.h"
#include "threads.h"

static int chosen(const struct bench_options *o, const char *name)
{
    return strcmp(o->setting, name) == 0 || strcmp(o->setting, "all") == 0;
}

static enum err check(const struct bench_options *o, struct error *e)
{
    static const char *const NAMES[] = {"a", "b", "c", "decode", "prompt", "limits", "all"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        if (strcmp(o->setting, NAMES[i]) == 0) return ERR_NONE;
    }
    return error_set(e, ERR_VALUE, "--setting %s: expected " BENCH_NAMES, o->setting);
}

// measure_memory comes first of all: see bench_step_memory.
static struct bench_memory measure_memory(const struct bench_setting *s, int threads)
{
    bench_say("(%s) memory", s->name);
    struct bench_memory m = {.predicted =
                                 memory_step(&s->shape, s->attention, s->batch, s->tokens)};
    m.measured = bench_step_memory(s, threads, &m.whole);
    bench_say(NULL);
    return m;
}

static void measure_limits(struct bench_report *r, int threads)
{
    bench_say("the machine's limits");
    threads_use(1);
    r->one = r->all = roofline_measure();
    threads_use(threads);
    if (threads > 1) r->all = roofline_measure();
    bench_say(NULL);
}

static void print_limits(const struct bench_report *r, FILE *to)
{
    const struct roofline *one = &r->one, *all = &r->all;
    fprintf(to, "%-34s %12s", "the machine's limits", "1 thread");
    if (all->threads > 1) fprintf(to, " %8d threads", all->threads);
    const struct {
        const char *what, *unit;
        double size, one, all;
    } rows[] = {
        {"fp32 fused multiply-add", "GFLOP/s", 0, 1e-9 * one->flops, 1e-9 * all->flops},
        {"read from memory", "GB/s", (double)one->far_bytes, 1e-9 * one->far, 1e-9 * all->far},
        {"read from caches", "GB/s", (double)one->near_bytes, 1e-9 * one->near, 1e-9 * all->near},
        {"an empty parallel region", "us", 0, 1e6 * one->region, 1e6 * all->region},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char what[64];
        if (rows[i].size > 0)
            snprintf(what, sizeof what, "%s, %.0f MiB", rows[i].what, rows[i].size / (1 << 20));
        else
            snprintf(what, sizeof what, "%s", rows[i].what);
        fprintf(to, "\n%-34s %12.2f", what, rows[i].one);
        if (all->threads > 1) fprintf(to, " %16.2f", rows[i].all);
        fprintf(to, "  %s", rows[i].unit);
    }
    fputc('\n', to);
    fflush(to);
}

enum err bench_run(const struct bench_options *o, FILE *to, struct error *e)
{
    enum err code = check(o, e);
    // Better now than after minutes.
    if (!code && *o->out) code = file_make_directory(o->out, e);
    if (code) return code;
    int threads = o->threads ? o->threads : threads_max();
    struct bench_memory memory[BENCH_SETTINGS] = {{0}};
    for (int i = 0; i < BENCH_SETTINGS; i++) {
        if (chosen(o, bench_settings[i].name))
            memory[i] = measure_memory(&bench_settings[i], threads);
    }
    struct bench_report *r = calloc(1, sizeof *r);
    if (!r) die("out of memory: a report");
    measure_limits(r, threads);
    print_limits(r, to);
    for (int i = 0; i < BENCH_SETTINGS; i++) {
        if (chosen(o, bench_settings[i].name))
            bench_train(&bench_settings[i], &memory[i], o->rounds, r, to);
    }
    if (chosen(o, "decode")) bench_decode(o->rounds, r, to);
    if (chosen(o, "prompt")) bench_prompt(o->rounds, r, to);
    if (*o->out) code = bench_report_save(r, o->out, e);
    free(r);
    return code;
}
