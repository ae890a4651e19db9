#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "error.h"
#include "file.h"

void bench_keep(struct bench_row *r, double seconds)
{
    if (r->best <= 0 || seconds < r->best) r->best = seconds;
}

double bench_fresh(double (*work)(void *context), void *context)
{
    int ends[2], status;
    double seconds = 0;
    fflush(stdout);
    if (pipe(ends)) die("bench: no pipe");
    pid_t child = fork();
    if (child < 0) die("bench: no new process");
    if (child == 0) {
        seconds = work(context);
        _exit(write(ends[1], &seconds, sizeof seconds) != sizeof seconds);
    }
    close(ends[1]);
    if (read(ends[0], &seconds, sizeof seconds) != sizeof seconds) die("bench: a process failed");
    close(ends[0]);
    waitpid(child, &status, 0);
    return seconds;
}

static struct bench_row *row_of(const char *who, const char *what, int most, int *rows,
                                struct bench_row *row)
{
    for (int i = 0; i < *rows; i++)
        if (strcmp(row[i].who, who) == 0 && strcmp(row[i].what, what) == 0) return row + i;
    if (*rows == most) die("bench: more than %d peers", most);
    struct bench_row *r = row + (*rows)++;
    *r = (struct bench_row){.best = 0};
    snprintf(r->who, sizeof r->who, "%.39s", who);
    snprintf(r->what, sizeof r->what, "%.39s", what);
    return r;
}

void bench_peers(const char *command, int most, int *rows, struct bench_row *row)
{
    char line[256];
    FILE *from = popen(command, "r");
    if (!from) die("bench: cannot run %s", command);
    while (fgets(line, sizeof line, from)) {
        char *what = strchr(line, '\t'), *value = what ? strchr(what + 1, '\t') : NULL;
        if (!value) continue;
        *what++ = 0, *value++ = 0;
        value[strcspn(value, "\n")] = 0;
        struct bench_row *r = row_of(line, what, most, rows, row);
        if (strncmp(value, "not run", 7) == 0)
            snprintf(r->not_run, sizeof r->not_run, "%.79s", value);
        else
            bench_keep(r, strtod(value, NULL));
    }
    pclose(from);
}

void bench_print(const struct bench_row *r, double tokens, double ours)
{
    printf("  %-24s %-18s ", r->who, r->what);
    if (r->best <= 0)
        printf("%s\n", r->not_run);
    else if (tokens > 0)
        printf("%9.1f tokens/s %7.2f x our time\n", tokens / r->best, r->best / ours);
    else
        printf("%9.1f ms       %7.2f x our time\n", 1e3 * r->best, r->best / ours);
}

int bench_cores(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 1 ? (int)n : 1;
}

const char *bench_place(const char *const *paths)
{
    while (*paths && !file_exists(*paths)) paths++;
    return *paths;
}
