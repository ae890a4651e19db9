// bench_generate: how fast a model of GPT-2's shape writes and reads, with random weights, one
// text, keys and values kept in a cache.
#ifndef GPT_BENCH_GENERATE_H
#define GPT_BENCH_GENERATE_H

#include <stdio.h>

#include "bench_report.h"

enum { BENCH_PROMPT = 512, BENCH_BEHIND = 64 };

// bench_decode times a token more, behind BENCH_BEHIND that were read; bench_prompt times reading
// BENCH_PROMPT tokens.  Both print it and add it to the report.
//   rounds  0 for as many as fit into some seconds
void bench_decode(int rounds, struct bench_report *r, FILE *to);
void bench_prompt(int rounds, struct bench_report *r, FILE *to);

// bench_decode_once and bench_prompt_once return the seconds that a token more takes, and the
// prompt, on as many threads as there are: the best of a few.
double bench_decode_once(void);
double bench_prompt_once(void);

#endif
