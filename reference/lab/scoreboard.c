#include "scoreboard.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "gnuplot.h"
#include "protocol.h"
#include "trials.h"

enum { STOPS = 5, NOVELTY_WINDOW = 20 };
static const double STOP_SHARE[STOPS] = {0.01, 0.03, 0.1, 0.3, 1};

// struct row: what a rule has reached.
struct row {
    const struct lab_rule *rule;
    struct lab_score at[STOPS];  // means over the runs
    double least, most;          // bits after all examples
    double online;               // bits, when it goes on learning as it reads: the mean
    struct trial_once once;
    double kept, novel;
};

struct board {
    const struct scoreboard_ask *ask;
    const struct lab_data *data;
    int count;
    struct row *rows;  // (count)
};

// --- running ---------------------------------------------------------------------------------

static void note(const struct row *r, const char *what)
{
    if (isatty(fileno(stderr))) fprintf(stderr, "\r\033[K  %s: %s", r->rule->name, what);
}

static void done(void)
{
    if (isatty(fileno(stderr))) fprintf(stderr, "\r\033[K");
}

// score lets it learn n examples, and after those of the last column read on.
static struct lab_score score(const struct board *b, struct row *r, int stop, size_t n,
                              uint64_t seed)
{
    if (stop < STOPS - 1) return lab_run(r->rule, b->data, n, seed);
    struct trial_online t = trial_online(r->rule, b->data, n, seed);
    r->online += t.reads.bits / b->ask->seeds;
    return t.asked;
}

// run_stop fills in the means of one column.
static void run_stop(const struct board *b, struct row *r, int stop)
{
    size_t n = (size_t)((double)b->ask->examples * STOP_SHARE[stop]);
    struct lab_score *mean = &r->at[stop];
    char what[64];
    for (int k = 0; k < b->ask->seeds; k++) {
        snprintf(what, sizeof what, "%zu examples, run %d of %d", n, k + 1, b->ask->seeds);
        note(r, what);
        struct lab_score s = score(b, r, stop, n ? n : 1, b->ask->seed + (uint64_t)k);
        mean->examples = s.examples, mean->numbers = s.numbers;
        mean->bits += s.bits / b->ask->seeds;
        mean->right += s.right / b->ask->seeds;
        mean->calibration += s.calibration / b->ask->seeds;
        mean->seconds += s.seconds / b->ask->seeds;
        if (k == 0 || s.bits < r->least) r->least = s.bits;
        if (k == 0 || s.bits > r->most) r->most = s.bits;
    }
}

static void run_trials(const struct board *b, struct row *r)
{
    size_t n = b->ask->examples;
    note(r, "words met once");
    r->once = trial_once(r->rule, b->data, n, b->ask->seed);
    note(r, "a second text");
    struct trial_forgetting f = trial_forgetting(r->rule, b->data, n, b->ask->seed);
    r->kept = f.before.right > 0 ? f.after.right / f.before.right : (double)NAN;
    note(r, "what is new to it");
    r->novel = trial_novelty(r->rule, b->data, n, NOVELTY_WINDOW, b->ask->seed);
}

static void print_row(const struct row *r)
{
    const struct lab_score *s = &r->at[STOPS - 1];
    printf("%-10s%8.3f%8.3f%7.3f%7.3f%8.3f%10zu%9.2f%8.2f%6.2f%8.3f%8.3f\n", r->rule->name, s->bits,
           r->most - r->least, s->right, s->calibration, r->online, s->numbers, s->seconds,
           r->once.before, r->once.after, r->kept, r->novel);
    fflush(stdout);
}

// --- what is kept ----------------------------------------------------------------------------

static void put_columns(struct output *out, const struct board *b)
{
    output_print(out, "rule\texamples\tbits\tright\tcalibration\tnumbers\tseconds\n");
    for (int i = 0; i < b->count; i++) {
        for (int k = 0; k < STOPS; k++) {
            const struct lab_score *s = &b->rows[i].at[k];
            output_print(out, "%s\t%zu\t%.4f\t%.4f\t%.4f\t%zu\t%.3f\n", b->rows[i].rule->name,
                         s->examples, s->bits, s->right, s->calibration, s->numbers, s->seconds);
        }
    }
}

static void put_rows(struct output *out, const struct board *b)
{
    output_print(out, "rule\tbits\tspread\tright\tece\tonline\tnumbers\tseconds\tbefore\tonce\t"
                      "kept\tnovel\n");
    for (int i = 0; i < b->count; i++) {
        const struct row *r = &b->rows[i];
        const struct lab_score *s = &r->at[STOPS - 1];
        output_print(out, "%s\t%.4f\t%.4f\t%.4f\t%.4f\t%.4f\t%zu\t%.3f\t%.4f\t%.4f\t%.4f\t%.4f\n",
                     r->rule->name, s->bits, r->most - r->least, s->right, s->calibration,
                     r->online, s->numbers, s->seconds, r->once.before, r->once.after, r->kept,
                     r->novel);
    }
}

static enum err save_table(const struct board *b, const char *name,
                           void (*put)(struct output *out, const struct board *b), struct error *e)
{
    struct output *out;
    char *path = file_path(b->ask->out, name);
    enum err code = output_open(path, &out, e);
    free(path);
    if (code) return code;
    put(out, b);
    return output_commit(out, e);
}

// put_curves writes each rule's points, and draws them; `seconds` says against what.
static void put_curves(FILE *g, const char *into, const struct board *b, int seconds)
{
    fprintf(g, "set terminal svg size 860,560 background rgb 'white' font 'sans,12'\nset output ");
    gnuplot_quoted(g, into);
    fprintf(g,
            "\nset logscale x\nset key outside right\nset grid\nset ylabel 'bits a character'\n"
            "set xlabel '%s'\n",
            seconds ? "seconds of processor time, to learn" : "examples");
    for (int i = 0; i < b->count; i++) {
        fprintf(g, "$r%d << END\n", i);
        for (int k = 0; k < STOPS; k++) {
            const struct lab_score *s = &b->rows[i].at[k];
            fprintf(g, "%g %g\n", seconds ? fmax(s->seconds, 1e-4) : (double)s->examples, s->bits);
        }
        fputs("END\n", g);
    }
    if (!isnan(b->data->floor))
        fprintf(g, "set arrow from graph 0, first %g to graph 1, first %g nohead dashtype 2\n",
                b->data->floor, b->data->floor);
    for (int i = 0; i < b->count; i++) {
        fprintf(g, "%s$r%d with linespoints pointtype %d title ", i ? ", " : "plot ", i,
                4 + i % 10);
        gnuplot_quoted(g, b->rows[i].rule->name);
    }
    fputc('\n', g);
}

static void put_examples(FILE *g, const char *into, const void *context)
{
    put_curves(g, into, context, 0);
}

static void put_seconds(FILE *g, const char *into, const void *context)
{
    put_curves(g, into, context, 1);
}

static enum err draw(const struct board *b, const char *name, gnuplot_script *script,
                     struct error *e)
{
    char *path = file_path(b->ask->out, name);
    enum err code = gnuplot_draw(path, script, b, e);
    free(path);
    return code;
}

static enum err save(const struct board *b, struct error *e)
{
    enum err code = save_table(b, "results.tsv", put_columns, e);
    if (!code) code = save_table(b, "table.tsv", put_rows, e);
    if (!code) code = draw(b, "examples.svg", put_examples, e);
    if (!code) code = draw(b, "seconds.svg", put_seconds, e);
    return code;
}

// --- the board -------------------------------------------------------------------------------

enum err scoreboard_run(const struct scoreboard_ask *ask, const struct lab_data *d, struct error *e)
{
    struct board b = {.ask = ask, .data = d, .count = ask->count};
    // Before minutes go by: can what comes of them be kept?
    enum err code = ask->out ? file_make_directory(ask->out, e) : ERR_NONE;
    if (code) return code;
    b.rows = calloc((size_t)b.count, sizeof *b.rows);
    if (!b.rows) die("out of memory: a table");
    printf("%-10s%8s%8s%7s%7s%8s%10s%9s%14s%8s%8s\n", "rule", "bits", "spread", "right", "ece",
           "online", "numbers", "seconds", "once", "kept", "novel");
    for (int i = 0; i < b.count; i++) {
        b.rows[i].rule = ask->rules[i];
        for (int k = 0; k < STOPS; k++) run_stop(&b, &b.rows[i], k);
        run_trials(&b, &b.rows[i]);
        done();
        print_row(&b.rows[i]);
    }
    if (ask->out) code = save(&b, e);
    free(b.rows);
    return code;
}
