// bench_share: where a training step's time goes.  Each kernel is run by itself, as often as a step
// calls it, at the very shapes of the step and on as many different arrays, so that the caches are
// as cold as in the step.
#ifndef GPT_BENCH_SHARE_H
#define GPT_BENCH_SHARE_H

#include "bench_step.h"
#include "bench_work.h"

struct bench_share;

// bench_share_new prepares the kernels of a step; it uses the step's weights and gradients.
struct bench_share *bench_share_new(const struct bench_setting *s, struct bench_step *step);
void bench_share_free(struct bench_share *s);  // s may be NULL

// bench_share_run runs a kernel as often as a step does.
void bench_share_run(struct bench_share *s, enum bench_kernel k);

// bench_share_clear sets the gradients to zero again, as the next step expects them.
void bench_share_clear(struct bench_share *s);

#endif
