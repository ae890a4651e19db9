// bench: how fast this machine trains and writes, beside what it could do at most.
#ifndef GPT_BENCH_H
#define GPT_BENCH_H

#include <stdio.h>

#include "error.h"

// struct bench_options: what to measure.
struct bench_options {
    const char *setting;  // one of BENCH_NAMES
    const char *out;      // a directory for results.tsv and pictures; "": none
    int threads;          // 0: as many as cores
    int rounds;           // 0: as many as fit into some seconds
};

#define BENCH_NAMES "a, b, c, decode, prompt, limits or all"

// bench_run measures and prints.  It must come before anything that has threads.
//   ERR_VALUE  there is no such setting
//   ERR_IO     out cannot be written
enum err bench_run(const struct bench_options *o, FILE *to, struct error *e);

#endif
