// A training step of three settings (run/bench_step.h), beside PyTorch's where it is installed.
//   usage: train PYTHON [SETTING]        wall clock, best of several rounds, taken in turns
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "bench_step.h"
#include "clock.h"
#include "error.h"
#include "threads.h"

enum { PEERS_MOST = 8 };

// struct job: a setting on so many threads.
struct job {
    const struct bench_setting *setting;
    int threads;
};

// steps_of returns the best time of some steps in a row; the first meets its memory.
static double steps_of(void *context)
{
    const double moment = 2;
    const struct job *j = context;
    threads_use(j->threads);
    struct bench_step *b = bench_step_new(j->setting);
    struct bench_row best = {.best = 0};
    bench_step_take(b);
    double begun = clock_seconds();
    do {
        double begin = clock_seconds();
        bench_step_take(b);
        bench_keep(&best, clock_seconds() - begin);
    } while (clock_seconds() - begun < moment);
    bench_step_free(b);
    return best.best;
}

static void bench_setting(struct job *j, const char *python)
{
    enum { ROUNDS = 3 };
    struct bench_row ours = {"gpt", "", 0, ""}, peer[PEERS_MOST];
    int rows = 0;
    char command[1024];
    snprintf(ours.what, sizeof ours.what, "(%s), %d thread%s", j->setting->name, j->threads,
             j->threads > 1 ? "s" : "");
    // The same windows in one step, each thread with its own share of them.
    struct bench_setting split;
    struct job apart = {&split, j->threads};
    struct bench_row row = {"gpt", "", 0, ""};
    int cut = bench_setting_split(j->setting, j->threads, &split);
    if (cut)
        snprintf(row.what, sizeof row.what, "(%s), %d threads x %d", j->setting->name, j->threads,
                 split.batch);
    snprintf(command, sizeof command, "%s " BENCH_PEERS "peers_train.py %s %d", python,
             j->setting->name, j->threads);
    for (int i = 0; i < ROUNDS; i++) {
        bench_keep(&ours, bench_fresh(steps_of, j));
        if (cut) bench_keep(&row, bench_fresh(steps_of, &apart));
        bench_peers(command, PEERS_MOST, &rows, peer);
    }
    bench_print(&ours, 0, ours.best);
    if (cut) bench_print(&row, 0, ours.best);
    for (int i = 0; i < rows; i++) bench_print(peer + i, 0, ours.best);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    if (argc != 2 && argc != 3) die("usage: train PYTHON [SETTING]");
    puts("a training step, beside other programs: wall clock, the best of several");
    int cores = bench_cores();
    for (int i = 0; i < BENCH_SETTINGS; i++) {
        if (argc == 3 && strcmp(argv[2], bench_settings[i].name) != 0) continue;
        struct job one = {&bench_settings[i], 1}, all = {&bench_settings[i], cores};
        bench_setting(&one, argv[1]);
        if (cores > 1) bench_setting(&all, argv[1]);
    }
    return 0;
}
