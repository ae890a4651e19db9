#include "experiment_columns.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "grow.h"
#include "net.h"
#include "protocol.h"
#include "renamed.h"
#include "rule_backprop.h"
#include "trials.h"

// TURNS: the characters after which the text of the alarms changes.
enum { EXAMPLES = 300000, COLUMNS = 2, TURNS = 200 };
// Chosen with --tune on Shakespeare: KEEP_ROUTE of 0.5, 0.6, 0.7, 0.8, 0.9 and 0.95.
static const float KEEP = 0.98f, KEEP_ROUTE = 0.7f;

// struct surprises: -log2 p of the characters of a text.
struct surprises {
    const int32_t *ids;
    float *bits;
    double sum;
};

static void take(void *context, size_t at, const float *p)
{
    struct surprises *s = context;
    double bits = -log2(fmax((double)p[s->ids[at]], LAB_LEAST));
    s->bits[at] = (float)bits;
    s->sum += bits;
}

// surprise writes a column's surprise at the first n characters of a text, and returns the mean.
static double surprise(const struct lab_learner *column, int V, const struct lab_text *text,
                       size_t n, float *bits)
{
    struct surprises s = {.ids = text->ids, .bits = bits};
    lab_ask(column, V, text, n, take, &s);
    return s.sum / (double)n;
}

// struct reading: what is read, and by whom.
struct reading {
    int V;
    size_t n;                            // characters of each text
    struct lab_text text[COLUMNS];       // held back: A and B
    struct lab_learner column[COLUMNS];  // A's and B's
    struct grow_watch watch;             // of A's column
};

// in_turns returns n characters that are of A and of B in turns, `turn` at a time: at each place
// what either has there.
static struct lab_text in_turns(const struct reading *r, size_t turn)
{
    struct lab_text t = {r->n, malloc(r->n * sizeof *t.ids)};
    if (!t.ids) die("out of memory: %zu characters", r->n);
    for (size_t i = 0; i < r->n; i++) t.ids[i] = r->text[i / turn % COLUMNS].ids[i];
    return t;
}

// --- what A's column notices -----------------------------------------------------------------

// print_false counts how often an alarm begins in a text that is known.
static void print_false(const struct reading *r)
{
    struct grow_watch w = r->watch;
    float *bits = net_zeros(r->n);
    int alarms = 0, now = 0;
    surprise(&r->column[0], r->V, &r->text[0], r->n, bits);
    for (size_t i = 0; i < r->n; i++) {
        int was = now;
        now = grow_novel(&w, bits[i]);
        alarms += now && !was;
    }
    printf("alarms in A: %d, of %zu characters\n", alarms, r->n);
    free(bits);
}

// notice reads TURNS characters of A, then of B until there is an alarm, and returns how many those
// were; 0 if there was none in TURNS.
static int notice(struct grow_watch w, const float *bits)
{
    for (int i = 0; i < TURNS; i++) grow_novel(&w, bits[i]);
    for (int i = 0; i < TURNS; i++)
        if (grow_novel(&w, bits[TURNS + i])) return i + 1;
    return 0;
}

static void print_noticed(const struct reading *r)
{
    struct lab_text text = in_turns(r, TURNS);
    float *bits = net_zeros(r->n);
    int changes = 0, noticed = 0, most = 0, sum = 0;
    surprise(&r->column[0], r->V, &text, r->n, bits);
    for (size_t i = 0; i + 2 * TURNS <= r->n; i += 2 * TURNS) {
        int read = notice(r->watch, bits + i);
        changes++, noticed += read > 0;
        sum += read, most = read > most ? read : most;
    }
    printf("changes to B: %d, noticed: %d, after %.1f characters, at most %d\n", changes, noticed,
           noticed ? (double)sum / noticed : 0, most);
    free(text.ids);
    free(bits);
}

// --- who is asked ----------------------------------------------------------------------------

// print_routing lets the columns read a text that changes every `turn` characters.  Who is asked
// for a place is settled before it is read.
static void print_routing(const struct reading *r, size_t turn)
{
    struct lab_text text = in_turns(r, turn);
    double sum[COLUMNS] = {0}, count[COLUMNS] = {0}, right = 0;
    float *bits[COLUMNS], average[COLUMNS] = {0};
    for (int c = 0; c < COLUMNS; c++) {
        bits[c] = net_zeros(r->n);
        surprise(&r->column[c], r->V, &text, r->n, bits[c]);
    }
    int asked = 0;
    for (size_t i = 0; i < r->n; i++) {
        int of = (int)(i / turn % COLUMNS);
        float now[COLUMNS] = {bits[0][i], bits[1][i]};
        right += asked == of;
        sum[of] += (double)now[asked], count[of]++;
        asked = grow_route(COLUMNS, KEEP_ROUTE, now, average);
    }
    printf("%10zu%9.4f%9.4f%9.4f\n", turn, right / (double)r->n, sum[0] / count[0],
           count[1] > 0 ? sum[1] / count[1] : (double)NAN);
    free(text.ids);
    for (int c = 0; c < COLUMNS; c++) free(bits[c]);
}

// --- the experiment --------------------------------------------------------------------------

static void print_bits(const struct reading *r, const char *what, int column, int text)
{
    float *bits = net_zeros(r->n);
    printf("%-24s%9.4f\n", what, surprise(&r->column[column], r->V, &r->text[text], r->n, bits));
    free(bits);
}

// open_column lets a column learn a text.
static struct lab_learner open_column(const struct lab_data *d, const struct lab_text *text,
                                      size_t examples, uint64_t seed)
{
    struct lab_learner l = lab_begin(&LAB_MLP, d->V, examples, seed);
    lab_learn(&l, text, examples);
    return l;
}

// get_used lets A's column read a stretch of what it has learnt.
static struct grow_watch get_used(const struct reading *r, const struct lab_text *text)
{
    struct grow_watch w = {.keep = KEEP};
    float *bits = net_zeros(r->n);
    surprise(&r->column[0], r->V, text, r->n, bits);
    grow_usual(&w, (int)r->n, bits);
    free(bits);
    return w;
}

// begin opens A's column, and gets it used to what it has learnt.
static struct reading begin(const struct experiment_ask *ask, const int32_t *name)
{
    const struct lab_data *d = ask->data;
    struct reading r = {.V = d->V, .n = TRIALS_JUDGED};
    r.n = d->val.count < r.n ? d->val.count : r.n;
    r.n = d->train.count < r.n ? d->train.count : r.n;
    r.text[0] = d->val, r.text[1] = renamed_text(&d->val, name);
    r.column[0] = open_column(d, &d->train, ask->examples, ask->seed);
    r.watch = get_used(&r, &d->train);
    return r;
}

// open_second opens B's column.
static void open_second(struct reading *r, const struct experiment_ask *ask, const int32_t *name)
{
    struct lab_text second = renamed_text(&ask->data->train, name);
    r->column[1] = open_column(ask->data, &second, ask->examples, ask->seed + 1);
    free(second.ids);
}

static void end(struct reading *r)
{
    for (int c = 0; c < COLUMNS; c++) lab_end(&r->column[c]);
    free(r->text[1].ids);
}

static void run(const struct experiment_ask *ask)
{
    static const size_t TURN[] = {100, 1000, 5000};
    int32_t *name = renamed_names(ask->data->V, ask->seed);
    struct reading r = begin(ask, name);
    print_bits(&r, "A, by its own column", 0, 0);
    print_bits(&r, "B, by A's column", 0, 1);
    printf("usual for A's: %.4f, with a deviation of %.4f\n", (double)r.watch.mean,
           (double)r.watch.deviation);
    print_false(&r);
    print_noticed(&r);
    open_second(&r, ask, name);
    print_bits(&r, "A, after B was learnt", 0, 0);
    print_bits(&r, "B, by its own column", 1, 1);
    printf("numbers: %zu, with B's column %zu\n", LAB_MLP.numbers(r.column[0].state),
           LAB_MLP.numbers(r.column[0].state) + LAB_MLP.numbers(r.column[1].state));
    printf("%10s%9s%9s%9s\n", "turns of", "routed", "A", "B");
    for (int i = 0; i < 3; i++) print_routing(&r, TURN[i]);
    end(&r);
    free(name);
}

// run_turns prints, of the first SHOWN characters in turns of TURNS, the moving average of both
// columns' surprise after each, and what would be an alarm to A's.
static void run_turns(const struct experiment_ask *ask)
{
    enum { SHOWN = 4 * TURNS };
    int32_t *name = renamed_names(ask->data->V, ask->seed);
    struct reading r = begin(ask, name);
    open_second(&r, ask, name);
    r.n = r.n < SHOWN ? r.n : SHOWN;
    struct lab_text text = in_turns(&r, TURNS);
    float *bits[COLUMNS] = {net_zeros(r.n), net_zeros(r.n)}, average[COLUMNS] = {0};
    for (int c = 0; c < COLUMNS; c++) surprise(&r.column[c], r.V, &text, r.n, bits[c]);
    printf("alarm above %.4f\n", (double)(r.watch.mean + GROW_DEVIATIONS * r.watch.deviation));
    printf("%10s%6s%9s%9s%9s\n", "characters", "of", "watched", "A's", "B's");
    for (size_t i = 0; i < r.n; i++) {
        float now[COLUMNS] = {bits[0][i], bits[1][i]};
        grow_novel(&r.watch, now[0]);
        grow_route(COLUMNS, KEEP_ROUTE, now, average);
        printf("%10zu%6c%9.4f%9.4f%9.4f\n", i + 1, 'A' + (char)(i / TURNS % COLUMNS),
               (double)r.watch.average, (double)average[0], (double)average[1]);
    }
    free(text.ids), free(bits[0]), free(bits[1]), free(name);
    end(&r);
}

const struct experiment EXPERIMENT_COLUMNS = {
    .name = "columns",
    .plain = "a column of its own for a text that surprises: noticed when, asked how often rightly",
    .text = 1,
    .examples = EXAMPLES,
    .run = run};

const struct experiment EXPERIMENT_TURNS = {
    .name = "turns",
    .plain = "how surprised two columns are by two texts in turns, character by character",
    .text = 1,
    .examples = EXAMPLES,
    .run = run_turns};
