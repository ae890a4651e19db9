// parallel_run: what goes wrong, and what is lost, where several threads work together.
#ifndef GPT_PARALLEL_RUN_H
#define GPT_PARALLEL_RUN_H

#include <stdio.h>

// Each of these prints a table for `threads` threads, at least 1, of which two or more show
// something.  Where OpenMP gives fewer, they say so and do what they can.

// parallel_run_race lets all threads add 1 to one counter, in several ways, and prints what is
// lost.
void parallel_run_race(int threads, FILE *out);

// parallel_run_sum adds up the same million floats on 1 … threads threads: by OpenMP's reduction,
// and in slots that are added up in their order.
void parallel_run_sum(int threads, FILE *out);

// parallel_run_lines lets each thread count in counters of its own, which lie in a line of memory
// of their own or in one with the others', and in common ones, and prints how long that takes.
void parallel_run_lines(int threads, FILE *out);

// parallel_run_rows shares out rows of which each is longer than the one before, as attention's
// are, in several ways, and prints how much of the work the busiest thread has, and how fast it is.
void parallel_run_rows(int threads, FILE *out);

#endif
