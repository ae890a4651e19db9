#include "bench_train.h"

#include <stdlib.h>

#include "bench_share.h"
#include "bench_time.h"
#include "clock.h"
#include "threads.h"

enum { COUNTS = 16 };  // of threads that are tried: 1, 2, 4 … and all

// struct timing: what is measured of a setting.
struct timing {
    const struct bench_setting *setting;
    struct bench_step *step, *split;  // split: a batch for each thread; NULL: it does not pay
    struct bench_times split_steps;
    struct bench_share *share;
    enum bench_kernel kernel;  // the one that runs next
    int counts, threads[COUNTS];
    struct bench_times steps[COUNTS];
    double alone, had;  // seconds that steps took on one thread; of them, that it had its core
    struct bench_times kernels[2][BENCH_KERNELS];  // on one thread, on all
};

static void run_kernel(void *context)
{
    struct timing *t = context;
    bench_share_run(t->share, t->kernel);
}

// take_steps takes steps in a row for a moment; of a short step the first is not counted, because
// something else was in the caches.
static void take_steps(int threads, struct bench_step *step, struct bench_times *times)
{
    const double moment = 0.1;
    threads_use(threads);
    if (times->count && bench_best(times) < moment) bench_step_take(step);
    double begin = clock_seconds();
    do bench_time(times, bench_step_take, step);
    while (clock_seconds() - begin < moment);
}

static void time_steps(struct timing *t, int i)
{
    double begin = clock_seconds(), had = clock_processor();
    take_steps(t->threads[i], t->step, &t->steps[i]);
    if (t->threads[i] == 1) t->alone += clock_seconds() - begin, t->had += clock_processor() - had;
}

static void time_kernels(struct timing *t, int which, int threads)
{
    threads_use(threads);
    for (int k = 0; k < BENCH_KERNELS; k++) {
        t->kernel = (enum bench_kernel)k;
        bench_time(&t->kernels[which][k], run_kernel, t);
    }
    bench_share_renew(t->share);
}

static void measure(struct timing *t, int rounds)
{
    const double budget = 12;  // seconds
    int all = t->threads[t->counts - 1];
    bench_say("(%s) warming up", t->setting->name);
    threads_use(all);
    bench_step_take(t->step);
    for (int k = 0; k < BENCH_KERNELS; k++) bench_share_run(t->share, (enum bench_kernel)k);
    bench_share_renew(t->share);
    double begin = clock_seconds(), spent = 0;
    for (int done = 0; bench_more(done, rounds, spent, budget); done++) {
        for (int i = 0; i < t->counts; i++) {
            bench_say("(%s) round %d: steps on %d threads", t->setting->name, done + 1,
                      t->threads[i]);
            time_steps(t, i);
        }
        if (t->split) take_steps(all, t->split, &t->split_steps);
        for (int i = 0; i < (all > 1 ? 2 : 1); i++) {
            bench_say("(%s) round %d: kernels on %d threads", t->setting->name, done + 1,
                      i ? all : 1);
            time_kernels(t, i, i ? all : 1);
        }
        spent = clock_seconds() - begin;
    }
    bench_say(NULL);
}

// --- what it came to -------------------------------------------------------------------------

// print_step prints a line, of `who`, and reports it as `what`.
static void print_step(const struct timing *t, const char *who, const char *what, int threads,
                       const struct bench_times *times, double flops, struct bench_report *r,
                       FILE *to)
{
    double best = bench_best(times), median = bench_median(times), rate = flops / best;
    double peak = threads == 1 ? r->one.flops : threads == r->all.threads ? r->all.flops : 0;
    fprintf(to, "%8s %9.1f ms %9.1f ms %10.1f ", who, 1e3 * best, 1e3 * median, 1e-9 * rate);
    if (peak > 0)
        fprintf(to, "%7.0f %% ", 100 * rate / peak);
    else
        fprintf(to, "%9s ", "");
    fprintf(to, "%6.2f fast\n", bench_best(&t->steps[0]) / best);
    bench_report_add(r, (struct bench_result){.setting = t->setting->name,
                                              .what = what,
                                              .threads = threads,
                                              .best = best,
                                              .median = median,
                                              .flops = flops});
}

static void print_steps(const struct timing *t, double flops, struct bench_report *r, FILE *to)
{
    char who[24];
    int all = r->all.threads;
    fprintf(to, "%8s %12s %12s %10s %9s %10s\n", "threads", "best", "median", "GFLOP/s", "of peak",
            "times as");
    for (int i = 0; i < t->counts; i++) {
        snprintf(who, sizeof who, "%d", t->threads[i]);
        print_step(t, who, "step", t->threads[i], &t->steps[i], flops, r, to);
    }
    if (!t->split) return;
    snprintf(who, sizeof who, "%d x %d", all, t->setting->batch / all);
    print_step(t, who, "split step", all, &t->split_steps, flops, r, to);
}

// print_busy says so if something else was using the processor: then no number here is a limit.
static void print_busy(const struct timing *t, FILE *to)
{
    const double most = 0.95;
    if (t->had < most * t->alone)
        fprintf(to, "this machine is busy: one thread had its core for %.0f %% of the time\n",
                100 * t->had / t->alone);
}

static void print_memory(const struct bench_memory *m, FILE *to)
{
    const double MB = 1e6;
    if (!m->measured) {
        fprintf(to, "memory: %.1f MB predicted; it could not be measured\n",
                (double)m->predicted / MB);
        return;
    }
    fprintf(to,
            "memory: %.1f MB measured, %.1f MB predicted (%+.1f %%); with the program %.1f MB\n",
            (double)m->measured / MB, (double)m->predicted / MB,
            100 * ((double)m->predicted / (double)m->measured - 1), (double)m->whole / MB);
}

// print_cell prints one kernel's time on one thread or on all, beside a step that took `whole`.
static void print_cell(const struct bench_result *row, int product, const struct bench_report *r,
                       double whole, FILE *to)
{
    double count = product ? row->flops : row->bytes;
    fprintf(to, " |%9.2f%6.1f %%%8.1f %s%6.0f %%", 1e3 * row->best, 100 * row->best / whole,
            1e-9 * count / row->best, product ? "GFLOP" : "GB   ",
            100 * bench_report_limit(r, row));
}

// print_kernel prints a line of the table, adds its rows to the report and its times to sum.
static void print_kernel(const struct timing *t, enum bench_kernel k, int columns,
                         const double whole[2], double sum[2], struct bench_report *r, FILE *to)
{
    struct bench_work w = bench_work_of(t->setting, k);
    fprintf(to, "%-19s", w.name);
    for (int i = 0; i < columns; i++) {
        const struct bench_times *times = &t->kernels[i][k];
        struct bench_result row = {.setting = t->setting->name,
                                   .what = w.name,
                                   .threads = i ? r->all.threads : 1,
                                   .best = bench_best(times),
                                   .median = bench_median(times),
                                   .flops = w.flops,
                                   .bytes = w.bytes};
        bench_report_add(r, row);
        print_cell(&row, w.product, r, whole[i], to);
        sum[i] += row.best;
    }
    fputc('\n', to);
}

static void print_kernels(const struct timing *t, struct bench_report *r, FILE *to)
{
    int all = r->all.threads, columns = all > 1 ? 2 : 1;
    double sum[2] = {0, 0}, whole[2];
    fprintf(to, "%-19s", "");
    for (int i = 0; i < columns; i++) fprintf(to, " | %-37s", i ? "all threads" : "1 thread");
    fprintf(to, "\n%-19s", "");
    for (int i = 0; i < columns; i++) {
        whole[i] = bench_best(&t->steps[i ? t->counts - 1 : 0]);
        fprintf(to, " |%9s%8s%8s %-6s%7s", "ms", "share", "rate", "a s", "limit");
    }
    fputc('\n', to);
    for (int k = 0; k < BENCH_KERNELS; k++)
        print_kernel(t, (enum bench_kernel)k, columns, whole, sum, r, to);
    fprintf(to, "%-19s", "rest of the step");
    for (int i = 0; i < columns; i++) {
        double rest = whole[i] - sum[i];
        fprintf(to, " |%9.2f%6.1f %%%22s", 1e3 * rest, 100 * rest / whole[i], "");
    }
    fputc('\n', to);
}

void bench_train(const struct bench_setting *s, const struct bench_memory *m, int rounds,
                 struct bench_report *r, FILE *to)
{
    struct timing *t = calloc(1, sizeof *t);
    if (!t) die("out of memory: times");
    double flops = gpt_flops(&s->shape, s->batch, s->tokens);
    t->setting = s;
    for (int n = 1; n < r->all.threads && t->counts < COUNTS - 1; n *= 2)
        t->threads[t->counts++] = n;
    t->threads[t->counts++] = r->all.threads;
    t->step = bench_step_new(s);
    struct bench_setting split;
    if (bench_setting_split(s, r->all.threads, &split)) t->split = bench_step_new(&split);
    t->share = bench_share_new(s, t->step);
    measure(t, rounds);
    fprintf(to,
            "\n(%s) %s: %d layers, %d heads, %d channels, vocabulary %d, batch %d x %d\n"
            "%zu weights; %.2f GFLOP a step\n",
            s->name, s->what, s->shape.layers, s->shape.heads, s->shape.channels, s->shape.vocab,
            s->batch, s->tokens, gpt_count(&s->shape).total, 1e-9 * flops);
    print_steps(t, flops, r, to);
    print_busy(t, to);
    print_memory(m, to);
    print_kernels(t, r, to);
    fflush(to);
    bench_share_free(t->share);
    bench_step_free(t->step);
    bench_step_free(t->split);
    free(t);
}
