#include "parallel_scale.h"

#include <stdlib.h>

#include "bench_step.h"
#include "bench_time.h"
#include "clock.h"
#include "file.h"
#include "gnuplot.h"
#include "threads.h"
#include "train_batches.h"

enum { COUNTS = 12, WAYS = 2 };  // of threads; in the kernels, by batches

static const char *const NAMES[WAYS] = {"in kernels", "by batches"};

// struct scale: what is measured.
struct scale {
    int counts, threads[COUNTS];
    struct bench_times times[WAYS][COUNTS];
    struct bench_step *step;
    struct train_batches *batches[COUNTS];  // NULL for one thread
    int now;                                // which of them takes a step
};

static void by_batches(void *scale)
{
    struct scale *s = scale;
    if (!s->batches[s->now])
        bench_step_take(s->step);
    else if (!train_batches_step(s->batches[s->now]))
        die("parallel: a loss or a gradient is not a finite number");
}

// times_as_fast returns how many times as fast as on one thread a step is.
static double times_as_fast(const struct scale *s, int way, int i)
{
    return bench_best(&s->times[way][0]) / bench_best(&s->times[way][i]);
}

// serial returns the share of the step that seems to be serial, in [0, 1].
static double serial(const struct scale *s, int way, int i)
{
    double n = s->threads[i], share = (1 / times_as_fast(s, way, i) - 1 / n) / (1 - 1 / n);
    return share < 0 ? 0 : share > 1 ? 1 : share;
}

static void measure(struct scale *s, int rounds)
{
    const double budget = 10, moment = 0.05;  // seconds
    double begin = clock_seconds(), spent = 0;
    for (int done = 0; bench_more(done, rounds, spent, budget); done++) {
        for (int k = 0; k < WAYS * s->counts; k++) {
            int way = k % WAYS;
            s->now = k / WAYS;
            bench_say("round %d: %d threads, %s", done + 1, s->threads[s->now], NAMES[way]);
            threads_use(s->threads[s->now]);
            double from = clock_seconds();
            do {
                if (way)
                    bench_time(&s->times[way][s->now], by_batches, s);
                else
                    bench_time(&s->times[way][s->now], bench_step_take, s->step);
            } while (clock_seconds() - from < moment);
        }
        spent = clock_seconds() - begin;
    }
    bench_say(NULL);
}

static void print(const struct scale *s, FILE *out)
{
    fprintf(out, "%7s", "");
    for (int way = 0; way < WAYS; way++) fprintf(out, " | %-33s", NAMES[way]);
    fprintf(out, "\n%7s", "threads");
    for (int way = 0; way < WAYS; way++)
        fprintf(out, " | %12s %12s %7s", "ms a step", "times", "serial");
    fputc('\n', out);
    for (int i = 0; i < s->counts; i++) {
        fprintf(out, "%7d", s->threads[i]);
        for (int way = 0; way < WAYS; way++) {
            fprintf(out, " | %12.1f %12.2f", 1e3 * bench_best(&s->times[way][i]),
                    times_as_fast(s, way, i));
            if (i)
                fprintf(out, " %5.0f %%", 100 * serial(s, way, i));
            else
                fprintf(out, " %7s", "");
        }
        fputc('\n', out);
    }
}

static void put_picture(FILE *g, const char *into, const void *context)
{
    const struct scale *s = context;
    int last = s->counts - 1;
    fprintf(g, "set terminal svg size 640,480 background rgb 'white' font 'sans,12'\nset output ");
    gnuplot_quoted(g, into);
    fputc('\n', g);
    for (int way = 0; way < WAYS; way++) {
        fprintf(g, "$way%d << END\n", way);
        for (int i = 0; i < s->counts; i++)
            fprintf(g, "%d %g\n", s->threads[i], times_as_fast(s, way, i));
        fprintf(g, "END\ns%d = %g\n", way, last ? serial(s, way, last) : 1);
    }
    fprintf(g,
            "amdahl(n, s) = 1 / (s + (1 - s) / n)\nset xrange [1:%d]\nset yrange [0:*]\n"
            "set xlabel 'threads'\nset ylabel 'times as fast as on one'\nset grid\n"
            "set key top left\nset title 'a training step, and Amdahl'\n"
            "plot x with lines lw 1 dt 2 lc rgb '#999999' title 'as many times as threads', "
            "amdahl(x, s1) with lines lw 1 lc rgb '#2c6fbb' title sprintf('%%.0f %%%% serial', "
            "100 * s1), amdahl(x, s0) with lines lw 1 lc rgb '#c0392b' title "
            "sprintf('%%.0f %%%% serial', 100 * s0), "
            "$way1 with points pt 7 lc rgb '#2c6fbb' title 'measured, %s', "
            "$way0 with points pt 7 lc rgb '#c0392b' title 'measured, %s'\n",
            s->threads[last] > 8 ? 2 * s->threads[last] : 16, NAMES[1], NAMES[0]);
}

static enum err draw(const struct scale *s, const char *dir, struct error *e)
{
    char *path = file_path(dir, "scaling.svg");
    enum err code = gnuplot_draw(path, put_picture, s, e);
    free(path);
    return code;
}

enum err parallel_scale_run(int threads, int rounds, const char *dir, FILE *out, struct error *e)
{
    enum err code = *dir ? file_make_directory(dir, e) : ERR_NONE;
    if (code) return code;
    struct scale *s = calloc(1, sizeof *s);
    if (!s) die("out of memory: times");
    for (int n = 1; n < threads && s->counts < COUNTS - 1; n *= 2) s->threads[s->counts++] = n;
    s->threads[s->counts++] = threads;
    struct bench_setting setting = bench_settings[1];
    setting.accumulate = threads > 2 ? threads : 2;
    s->step = bench_step_new(&setting);
    for (int i = 1; i < s->counts; i++)
        s->batches[i] = train_batches_new(bench_step_run(s->step), s->threads[i]);
    measure(s, rounds);
    fprintf(out, "%s: %d weights, a step of %d batches of %d x %d\n", setting.what,
            (int)gpt_count(&setting.shape).total, setting.accumulate, setting.batch,
            setting.tokens);
    print(s, out);
    if (*dir) code = draw(s, dir, e);
    for (int i = 0; i < s->counts; i++) train_batches_free(s->batches[i]);
    bench_step_free(s->step);
    free(s);
    return code;
}
