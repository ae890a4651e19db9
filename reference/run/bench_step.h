// bench_step: training steps of a known shape on random tokens, to be timed: train_step, with all
// that it does.  What a step costs does not depend on what the text says.
#ifndef GPT_BENCH_STEP_H
#define GPT_BENCH_STEP_H

#include <stddef.h>

#include "gpt.h"
#include "train.h"

// struct bench_setting: a shape and a batch.
struct bench_setting {
    const char *name, *what;  // "a", and a few words
    struct gpt_config shape;
    int batch, tokens;  // windows of a batch; their length
    int accumulate;     // batches of a step; 0: one
    enum gpt_attention attention;
    int at_once;  // batches of a step that threads compute side by side (train_batches); 0: one
};

// The three settings that are compared with other programs.
enum { BENCH_SETTINGS = 3 };
extern const struct bench_setting bench_settings[BENCH_SETTINGS];

// bench_setting_split cuts the batch into as many as there are threads, one for each, where that is
// what --parallel auto would do.  It returns 0 where it is not, or the batch cannot be cut so.
int bench_setting_split(const struct bench_setting *s, int threads, struct bench_setting *split);

struct bench_step;

// bench_step_new makes a run that has not begun.
struct bench_step *bench_step_new(const struct bench_setting *s);
void bench_step_free(struct bench_step *b);  // b may be NULL

// bench_step_take takes a step, a struct bench_step; the form is bench_time's.
void bench_step_take(void *step);

// bench_step_run returns the run itself, for who measures its parts, and leaves the gradients zero.
struct train *bench_step_run(struct bench_step *b);

// bench_step_memory takes a few steps in a process of its own and returns by how many bytes the
// memory it has in use grew at most; *whole is how many they were with the program itself.  It must
// be called before there are threads, which a new process would lack.  0: it cannot be measured.
size_t bench_step_memory(const struct bench_setting *s, int threads, size_t *whole);

#endif
