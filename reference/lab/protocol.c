#include "protocol.h"

#include <math.h>
#include <stdlib.h>

#include "calibration.h"
#include "clock.h"
#include "random.h"
#include "ride.h"
#include "train.h"

struct lab_learner lab_begin(const struct lab_rule *rule, int V, size_t examples, uint64_t seed)
{
    double begin = clock_processor();
    struct lab_setting setting = {.V = V, .examples = examples, .seed = seed};
    struct lab_learner l = {.rule = rule, .seed = seed};
    l.state = rule->open(&setting);
    l.seconds = clock_processor() - begin;
    return l;
}

void lab_end(struct lab_learner *l)
{
    l->rule->close(l->state);
    free(l->order);
    l->state = NULL, l->order = NULL;
}

// tell lets it learn, and times it.
static void tell(struct lab_learner *l, struct lab_places x)
{
    double begin = clock_processor();
    l->rule->learn(l->state, x);
    l->seconds += clock_processor() - begin;
    l->examples += (size_t)x.N;
}

// learn_told lets the rule learn places whose characters are, for as long as it looks, the answers.
static void learn_told(struct lab_learner *l, const struct lab_text *text, struct lab_places x,
                       const int32_t *answers)
{
    int32_t was[LAB_BATCH];
    for (int i = 0; i < x.N; i++) was[i] = text->ids[x.at[i]];
    for (int i = 0; i < x.N; i++) text->ids[x.at[i]] = answers[x.at[i]];
    tell(l, x);
    for (int i = 0; i < x.N; i++) text->ids[x.at[i]] = was[i];
}

// learn_more shows the rule the next n examples of a text in the learner's order.
static void learn_more(struct lab_learner *l, const struct lab_text *text, const int32_t *answers,
                       size_t n)
{
    for (size_t end = l->done + n; l->done < end;) {
        size_t at[LAB_BATCH];
        int N = 0;
        for (; N < LAB_BATCH && l->done < end; N++, l->done++) {
            size_t place = l->done % text->count;
            if (place == 0) train_shuffle(&l->random, (uint32_t)text->count, l->order);
            at[N] = l->order[place];
        }
        learn_told(l, text, (struct lab_places){text->ids, N, at}, answers);
    }
}

void lab_learn_told(struct lab_learner *l, const struct lab_text *text, const int32_t *answers,
                    size_t n)
{
    CHECK(text->count >= 1 && text->count <= INT32_MAX, "count=%zu", text->count);
    free(l->order);
    l->order = malloc(text->count * sizeof *l->order);
    if (!l->order) die("out of memory: %zu places", text->count);
    l->random = random_start(l->seed, RANDOM_SHUFFLE);
    l->done = 0;
    learn_more(l, text, answers, n);
}

void lab_learn(struct lab_learner *l, const struct lab_text *text, size_t n)
{
    lab_learn_told(l, text, text->ids, n);
}

void lab_learn_on(struct lab_learner *l, const struct lab_text *text, size_t n)
{
    CHECK(l->order, "examples=%zu, none of this text", l->examples);
    learn_more(l, text, text->ids, n);
}

// check_row ends the program if these are no probabilities.
static void check_row(const struct lab_rule *rule, int V, const float *p, size_t at)
{
    double sum = 0;
    int negative = 0;
    for (int c = 0; c < V; c++) {
        sum += (double)p[c];
        negative |= !(p[c] >= 0);  // NaN too
    }
    if (negative || !(fabs(sum - 1) < 1e-3))
        die("%s: at character %zu its probabilities add up to %.6f%s: expected 1, and none below 0",
            rule->name, at, sum, negative ? ", and one is below 0" : "");
}

// ask hands each row to `take`, `batch` places at a time; a reader, if not NULL, is told each batch
// once it was asked about it.
static void ask(const struct lab_learner *l, struct lab_learner *reader, int V,
                const struct lab_text *text, size_t n, size_t batch, lab_take *take, void *context)
{
    float *p = malloc(sizeof *p * batch * (size_t)V);
    if (!p) die("out of memory: %d probabilities", V);
    for (size_t begin = 0; begin < n; begin += batch) {
        size_t at[LAB_BATCH];
        int N = (int)(n - begin < batch ? n - begin : batch);
        for (int i = 0; i < N; i++) at[i] = begin + (size_t)i;
        struct lab_places x = {text->ids, N, at};
        l->rule->predict(l->state, x, p);
        for (int i = 0; i < N; i++) {
            check_row(l->rule, V, p + i * V, at[i]);
            take(context, at[i], p + i * V);
        }
        if (reader) tell(reader, x);
    }
    free(p);
}

size_t lab_ask(const struct lab_learner *l, int V, const struct lab_text *text, size_t n,
               lab_take *take, void *context)
{
    if (n == 0 || n > text->count) n = text->count;
    ask(l, NULL, V, text, n, LAB_BATCH, take, context);
    return n;
}

// struct sums: what a judge adds up.
struct sums {
    int V;
    const int32_t *ids;
    double bits, right;
    struct calibration guesses;
};

static void take_in(void *context, size_t at, const float *p)
{
    struct sums *s = context;
    int32_t best = ride_argmax(s->V, p);
    s->bits -= log2(fmax((double)p[s->ids[at]], LAB_LEAST));
    s->right += best == s->ids[at];
    calibration_guess(&s->guesses, (double)p[best], 1, best == s->ids[at]);
}

// score returns what the sums over so many characters come to.
static struct lab_score score(const struct lab_learner *l, const struct sums *s, size_t n)
{
    double count = (double)n;
    return (struct lab_score){.examples = l->examples,
                              .numbers = l->rule->numbers(l->state),
                              .bits = s->bits / count,
                              .right = s->right / count,
                              .calibration = calibration_error(&s->guesses),
                              .seconds = l->seconds};
}

struct lab_score lab_judge(const struct lab_learner *l, int V, const struct lab_text *text,
                           size_t n)
{
    struct sums s = {.V = V, .ids = text->ids};
    n = lab_ask(l, V, text, n, take_in, &s);
    return score(l, &s, n);
}

struct lab_score lab_online(struct lab_learner *l, int V, const struct lab_text *text)
{
    struct sums s = {.V = V, .ids = text->ids};
    ask(l, l, V, text, text->count, LAB_ONLINE, take_in, &s);
    return score(l, &s, text->count);
}

struct lab_score lab_run(const struct lab_rule *rule, const struct lab_data *d, size_t examples,
                         uint64_t seed)
{
    struct lab_learner l = lab_begin(rule, d->V, examples, seed);
    lab_learn(&l, &d->train, examples);
    struct lab_score score = lab_judge(&l, d->V, &d->val, 0);
    lab_end(&l);
    return score;
}
