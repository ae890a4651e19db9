#include "progress.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "error.h"

struct progress {
    int first, steps, tokens, step;
    double bits, floor;
    double smooth;        // the loss, averaged over about the last twenty steps
    double begin, shown;  // seconds
    int terminal, open;   // whether the line is on the screen
};

double clock_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

struct progress *progress_new(int first, int steps, int tokens, double bits, double floor)
{
    struct progress *p = malloc(sizeof *p);
    if (!p) die("out of memory: progress");
    double now = clock_seconds();
    *p = (struct progress){.first = first,
                           .steps = steps,
                           .tokens = tokens,
                           .step = first,
                           .bits = bits,
                           .floor = floor,
                           .smooth = (double)NAN,
                           .begin = now,
                           .shown = now,
                           .terminal = isatty(STDERR_FILENO)};
    return p;
}

double progress_seconds(const struct progress *p)
{
    return clock_seconds() - p->begin;
}

double progress_rate(const struct progress *p)
{
    double seconds = progress_seconds(p);
    return seconds > 0 ? (double)(p->step - p->first) * p->tokens / seconds : 0;
}

static void show(struct progress *p)
{
    double rate = progress_rate(p);
    double left = rate > 0 ? (double)(p->steps - p->step) * p->tokens / rate : 0;
    fprintf(stderr, "%sstep %d/%d  loss %.3f  %.3f bits/byte", p->terminal ? "\r" : "", p->step,
            p->steps, p->smooth, p->smooth * p->bits);
    if (!isnan(p->floor)) fprintf(stderr, " (floor %.3f)", p->floor);
    fprintf(stderr, "  %.0f tokens/s  %d:%02d left%s", rate, (int)left / 60, (int)left % 60,
            p->terminal ? "\033[K" : "\n");
    fflush(stderr);
    p->open = p->terminal;
}

static void end_line(struct progress *p)
{
    if (p->open) fputc('\n', stderr);
    p->open = 0;
}

void progress_step(struct progress *p, int step, double loss)
{
    p->step = step;
    p->smooth = isnan(p->smooth) ? loss : 0.95 * p->smooth + 0.05 * loss;
    double now = clock_seconds(), every = p->terminal ? 0.1 : 10;
    if (now - p->shown < every && step < p->steps) return;
    p->shown = now;
    show(p);
}

void progress_note(struct progress *p, const char *format, ...)
{
    end_line(p);
    va_list ap;
    va_start(ap, format);
    vfprintf(stderr, format, ap);
    va_end(ap);
    fputc('\n', stderr);
}

void progress_free(struct progress *p)
{
    if (!p) return;
    end_line(p);
    free(p);
}
