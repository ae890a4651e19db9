// bench_report: what was measured, row by row: for results.tsv, and for pictures.
#ifndef GPT_BENCH_REPORT_H
#define GPT_BENCH_REPORT_H

#include "error.h"
#include "roofline.h"

// struct bench_result: one thing that was timed.  flops and bytes are what it has to do; 0: not
// told.
struct bench_result {
    const char *setting, *what;  // "a", "linear dx"; "step", "split step": the whole
    int threads;
    double best, median;  // seconds
    double flops, bytes;
};

enum { BENCH_ROWS = 256 };

// struct bench_report: one thread's limits, all threads', and what was measured.
struct bench_report {
    struct roofline one, all;
    int count;
    struct bench_result rows[BENCH_ROWS];
};

// bench_report_add adds a row.
void bench_report_add(struct bench_report *r, struct bench_result row);

// bench_report_limit returns the share of its limit that a row reaches: the time that its
// operations or its bytes would take at least, whichever is more, divided by what it took.  More
// than 1: what it reads and writes stays in the caches.
double bench_report_limit(const struct bench_report *r, const struct bench_result *row);

// bench_report_save writes DIR/results.tsv and draws DIR/roofline.svg and DIR/scaling.svg
// (bench_picture.h); DIR must be there.
//   ERR_IO  they cannot be written, gnuplot is missing or it failed
enum err bench_report_save(const struct bench_report *r, const char *dir, struct error *e);

#endif
