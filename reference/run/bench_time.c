#include "bench_time.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"

void bench_time(struct bench_times *t, void (*work)(void *context), void *context)
{
    double begin = clock_seconds();
    work(context);
    double seconds = clock_seconds() - begin;
    if (t->count < BENCH_TIMES) t->seconds[t->count++] = seconds;
}

double bench_best(const struct bench_times *t)
{
    double best = t->count ? t->seconds[0] : 0;
    for (int i = 1; i < t->count; i++) best = t->seconds[i] < best ? t->seconds[i] : best;
    return best;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double bench_median(const struct bench_times *t)
{
    double sorted[BENCH_TIMES];
    if (!t->count) return 0;
    memcpy(sorted, t->seconds, sizeof sorted);
    qsort(sorted, (size_t)t->count, sizeof *sorted, ascending);
    return (sorted[(t->count - 1) / 2] + sorted[t->count / 2]) / 2;
}

int bench_more(int done, int rounds, double spent, double budget)
{
    enum { LEAST = 3 };
    if (rounds) return done < rounds;
    return done < LEAST || spent * (done + 1) / done < budget;
}

void bench_say(const char *format, ...)
{
    if (!isatty(STDERR_FILENO)) return;
    fputs("\r\033[K", stderr);
    if (format) {
        va_list arguments;
        va_start(arguments, format);
        vfprintf(stderr, format, arguments);
        va_end(arguments);
    }
    fflush(stderr);
}
