// bench: what the measurements share: processor time, the best of several rounds, data, peers.
//
// A machine that other things run on too makes times longer, never shorter: so the best of several
// rounds counts, and what is compared takes turns.
#ifndef GPT_TESTS_BENCH_H
#define GPT_TESTS_BENCH_H

#include <stddef.h>

enum { BENCH_ROUNDS = 5 };

// BENCH_PEERS: where the programs are that run others.
#define BENCH_PEERS "tests/bench/"

// struct bench_row: one thing measured, in seconds; best is 0 until there is one.
struct bench_row {
    char who[40], what[40];
    double best;
    char not_run[80];  // why not, or ""
};

// bench_keep notes a time, if it is the row's best.
void bench_keep(struct bench_row *r, double seconds);

// bench_fresh calls work(context) in a new process, which it ends, and returns the time that work
// says it took.
double bench_fresh(double (*work)(void *context), void *context);

// bench_peers runs the command, which prints lines "WHO<tab>WHAT<tab>SECONDS" or
// "WHO<tab>WHAT<tab>not run: WHY", and keeps them in row[0 … *rows), adding new ones up to `most`.
void bench_peers(const char *command, int most, int *rows, struct bench_row *row);

// bench_print prints a row and how many times `ours` its time is: as tokens a second where `tokens`
// is not 0, else in ms.
void bench_print(const struct bench_row *r, double tokens, double ours);

// bench_cores returns how many there are.
int bench_cores(void);

// bench_place returns the first of the paths, which NULL ends, that exists, or NULL.
const char *bench_place(const char *const *paths);

#endif
