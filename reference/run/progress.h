// progress: how a run says where it is.  On a terminal one line, rewritten in place and never wider
// than the terminal; elsewhere (a file, a pipe) a line now and then.
#ifndef GPT_PROGRESS_H
#define GPT_PROGRESS_H

#include <stdint.h>

struct progress;

// progress_new begins at step `first` of `steps`.
//   tokens  a step's, so that rates can be told
//   bits    bits per byte of a loss of one nat per token on this text
//   floor   bits per byte that no model can go below; NaN where it is not known
struct progress *progress_new(int first, int steps, double tokens, double bits, double floor);

// progress_step reports a finished step and its loss, in nats per token.
void progress_step(struct progress *p, int step, double loss);

// progress_note prints a line that stays.
void progress_note(struct progress *p, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// progress_seconds returns the time from the beginning to the last step, progress_rate the tokens
// per second in it.
double progress_rate(const struct progress *p);
double progress_seconds(const struct progress *p);

// progress_free ends the line and frees p.  p may be NULL.
void progress_free(struct progress *p);

#endif
