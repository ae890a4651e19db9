#include "progress.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "clock.h"
#include "error.h"

struct progress {
    int first, steps, step;
    double tokens, bits, floor;
    double smooth;              // the loss, averaged over about the last twenty steps
    double begin, last, shown;  // seconds: of the beginning, the last step, the line
    int terminal, open;         // whether the line is on the screen
};

struct progress *progress_new(int first, int steps, double tokens, double bits, double floor)
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
                           .last = now,
                           .shown = now,
                           .terminal = isatty(STDERR_FILENO)};
    return p;
}

double progress_seconds(const struct progress *p)
{
    return p->last - p->begin;
}

double progress_rate(const struct progress *p)
{
    double seconds = progress_seconds(p);
    return seconds > 0 ? (p->step - p->first) * p->tokens / seconds : 0;
}

// width returns how many characters a line may have: one less than the terminal's columns, because
// some terminals go to the next line after the last.
static int width(void)
{
    struct winsize w;
    int known = ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 1;
    return (known ? w.ws_col : 80) - 1;
}

static void show(struct progress *p)
{
    double rate = progress_rate(p);
    double left = rate > 0 ? (p->steps - p->step) * p->tokens / rate : 0;
    long long seconds = left < 1e9 ? (long long)left : 1000000000;
    char line[200], floor[40] = "";
    if (!isnan(p->floor)) snprintf(floor, sizeof floor, " (floor %.3f)", p->floor);
    snprintf(line, sizeof line, "step %d/%d  %.3f bits/byte%s  %.0f tokens/s  %lld:%02lld left",
             p->step, p->steps, p->smooth * p->bits, floor, rate, seconds / 60, seconds % 60);
    // A line that wraps could not be rewritten.
    if (p->terminal)
        fprintf(stderr, "\r%.*s\033[K", width(), line);
    else
        fprintf(stderr, "%s\n", line);
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
    p->last = now;
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
