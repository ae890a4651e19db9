#include "experiment_columns.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "grow.h"
#include "protocol.h"
#include "renamed.h"
#include "rule_backprop.h"
#include "trials.h"

enum { EXAMPLES = 300000, COLUMNS = 2, BLIND = 200 };
// Chosen with --tune on Shakespeare, of 0.8, 0.9, 0.95 and 0.98.
static const float KEEP = 0.98f;
static float KEEP_ROUTE = 0.9f;

// struct surprises: of a text, place by place.
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

// surprise writes -log2 p of the first n characters of a text, and returns the mean.
static double surprise(const struct lab_learner *l, int V, const struct lab_text *text, size_t n,
                       float *bits)
{
    struct surprises s = {.ids = text->ids, .bits = bits};
    lab_ask(l, V, text, n, take, &s);
    return s.sum / (double)n;
}

// struct stream: n characters of A and B in turns, each as far as the other one has come.
struct stream {
    struct lab_text text;
    size_t segment;
    float *bits[COLUMNS];  // (n)  how much each column was surprised
};

static int is_second(const struct stream *s, size_t at)
{
    return (int)(at / s->segment % COLUMNS);
}

static float *room(size_t n)
{
    float *x = malloc(n * sizeof *x);
    if (!x) die("out of memory: %zu numbers", n);
    return x;
}

static struct stream stream_of(const struct lab_text *val, size_t n, size_t segment)
{
    struct stream s = {.segment = segment};
    s.text = (struct lab_text){n, malloc(n * sizeof *s.text.ids)};
    if (!s.text.ids) die("out of memory: %zu characters", n);
    for (size_t i = 0; i < n; i++) s.text.ids[i] = val[is_second(&s, i)].ids[i];
    for (int c = 0; c < COLUMNS; c++) s.bits[c] = room(n);
    return s;
}

static void stream_free(struct stream *s)
{
    free(s->text.ids);
    for (int c = 0; c < COLUMNS; c++) free(s->bits[c]);
}

// print_alarms reads known text, in which each alarm is a false one, and then text that changes:
// how many characters are read before it is noticed?
static void print_alarms(const struct lab_learner *l, const struct lab_data *d,
                         const struct lab_text *val, struct grow_watch w, size_t n)
{
    int known = 0, changes = 0, noticed = 0, most = 0;
    double sum = 0;
    struct stream s = stream_of(val, n, BLIND);
    surprise(l, d->V, &val[0], n, s.bits[0]);
    for (size_t i = 0; i < n; i++) known += grow_novel(&w, s.bits[0][i]);
    surprise(l, d->V, &s.text, n, s.bits[0]);
    for (size_t begin = 0; begin + 2 * BLIND <= n; begin += 2 * BLIND) {
        int read = 0, alarm = 0;
        w.average = w.mean;
        for (size_t i = 0; i < BLIND; i++) grow_novel(&w, s.bits[0][begin + i]);
        while (read < BLIND && !alarm)
            alarm = grow_novel(&w, s.bits[0][begin + BLIND + (size_t)read++]);
        changes++, noticed += alarm;
        sum += alarm ? read : 0, most = alarm && read > most ? read : most;
    }
    printf("known text: %zu characters, %d of them with an alarm\n", n, known);
    printf("changes: %d, noticed: %d, after %.1f characters, at most %d\n", changes, noticed,
           sum / noticed, most);
    stream_free(&s);
}

// print_routing: which column is asked for each place of a text that changes every `segment`
// characters is settled before the place is read.
static void print_routing(const struct lab_learner *l, const struct lab_data *d,
                          const struct lab_text *val, size_t n, size_t segment)
{
    struct stream s = stream_of(val, n, segment);
    double bits[COLUMNS] = {0}, count[COLUMNS] = {0}, right = 0;
    float average[COLUMNS] = {0};
    for (int c = 0; c < COLUMNS; c++) surprise(&l[c], d->V, &s.text, n, s.bits[c]);
    int column = 0;
    for (size_t i = 0; i < n; i++) {
        int kind = is_second(&s, i);
        float now[COLUMNS] = {s.bits[0][i], s.bits[1][i]};
        right += column == kind;
        bits[kind] += (double)now[column], count[kind]++;
        column = grow_route(COLUMNS, KEEP_ROUTE, now, average);
    }
    printf("%8zu%9.4f%9.4f%9.4f\n", segment, right / (double)n, bits[0] / count[0],
           bits[1] / count[1]);
    stream_free(&s);
}

static void run(const struct experiment_ask *ask)
{
    static const size_t SEGMENT[] = {100, 1000, 5000};
    const struct lab_data *d = ask->data;
    if (getenv("ROUTE")) KEEP_ROUTE = (float)atof(getenv("ROUTE"));
    size_t examples = ask->examples ? ask->examples : EXAMPLES;
    size_t n = d->val.count < TRIALS_JUDGED ? d->val.count : TRIALS_JUDGED;
    int32_t *name = renamed_names(d->V, ask->seed);
    struct lab_text second = renamed_text(&d->train, name);
    struct lab_text val[COLUMNS] = {d->val, renamed_text(&d->val, name)};
    struct lab_learner l[COLUMNS];
    float *bits = room(n);
    l[0] = lab_begin(&LAB_MLP, d->V, examples, ask->seed);
    lab_learn(&l[0], &d->train, examples);
    struct grow_watch w = {.keep = KEEP};
    surprise(&l[0], d->V, &d->train, n, bits);
    grow_usual(&w, (int)n, bits);
    printf("A, by its column%24.4f\n", surprise(&l[0], d->V, &val[0], n, bits));
    printf("B, by A's column%24.4f\n", surprise(&l[0], d->V, &val[1], n, bits));
    printf("usual: %.4f, deviation of the moving average %.4f\n", (double)w.mean,
           (double)w.deviation);
    print_alarms(&l[0], d, val, w, n);
    l[1] = lab_begin(&LAB_MLP, d->V, examples, ask->seed + 1);
    lab_learn(&l[1], &second, examples);
    printf("A, by its column, after B%15.4f\n", surprise(&l[0], d->V, &val[0], n, bits));
    printf("B, by its column%24.4f\n", surprise(&l[1], d->V, &val[1], n, bits));
    printf("weights: %zu, then %zu\n", LAB_MLP.numbers(l[0].state),
           LAB_MLP.numbers(l[0].state) + LAB_MLP.numbers(l[1].state));
    printf("%8s%9s%9s%9s\n", "segment", "routed", "A", "B");
    for (size_t i = 0; i < sizeof SEGMENT / sizeof *SEGMENT; i++)
        print_routing(l, d, val, n, SEGMENT[i]);
    lab_end(&l[0]), lab_end(&l[1]);
    free(bits), free(name), free(second.ids), free(val[1].ids);
}

const struct experiment EXPERIMENT_COLUMNS = {
    .name = "columns",
    .plain =
        "a new column for a text that surprises: what is forgotten, noticed, and asked of whom",
    .text = 1,
    .run = run};
