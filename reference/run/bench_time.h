// bench_time: how long something takes, in rounds.
//
// A machine that does other things too makes times longer, never shorter: so the best counts, and
// what is compared takes turns.  The median says how far off a usual round is.
#ifndef GPT_BENCH_TIME_H
#define GPT_BENCH_TIME_H

enum { BENCH_TIMES = 200 };  // what is measured more often is not noted

// struct bench_times: what was measured so far, in seconds.
struct bench_times {
    int count;
    double seconds[BENCH_TIMES];
};

// bench_time calls work(context) and notes how long it took.
void bench_time(struct bench_times *t, void (*work)(void *context), void *context);

// bench_best and bench_median return seconds, 0 if nothing was measured.
double bench_best(const struct bench_times *t);
double bench_median(const struct bench_times *t);

// bench_more says whether another round is due when `done` rounds have taken `spent` seconds: until
// there are `rounds`, or, if that is 0, three and as many more as fit into `budget` seconds.
int bench_more(int done, int rounds, double spent, double budget);

// bench_say shows on a terminal what is being done, in a line that the next one replaces; NULL
// clears it.  Elsewhere nothing is shown.
void bench_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
