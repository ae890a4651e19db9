#include "trials.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "doubt.h"
#include "limits.h"
#include "random.h"
#include "renamed.h"

static int32_t *room(size_t n)
{
    int32_t *ids = malloc((n + 1) * sizeof *ids);
    if (!ids) die("out of memory: %zu characters", n);
    return ids;
}

// --- forgetting ------------------------------------------------------------------------------

struct trial_forgetting trial_forgetting(const struct lab_rule *rule, const struct lab_data *d,
                                         size_t n, uint64_t seed)
{
    struct trial_forgetting t;
    int32_t *name = renamed_names(d->V, seed);
    struct lab_text second = renamed_text(&d->train, name), val = renamed_text(&d->val, name);
    struct lab_learner l = lab_begin(rule, d->V, n, seed);
    lab_learn(&l, &d->train, n);
    t.before = lab_judge(&l, d->V, &d->val, TRIALS_JUDGED);
    if (rule->again) rule->again(l.state, n);
    lab_learn(&l, &second, n);
    t.after = lab_judge(&l, d->V, &d->val, TRIALS_JUDGED);
    t.second = lab_judge(&l, d->V, &val, TRIALS_JUDGED);
    lab_end(&l);
    free(name);
    free(second.ids);
    free(val.ids);
    return t;
}

// --- noise -----------------------------------------------------------------------------------

int32_t *trial_answers(const struct lab_text *text, int V, double share, uint64_t seed,
                       double *drawn)
{
    struct random random = random_start(seed, LAB_NOISE);
    int32_t *answers = room(text->count);
    size_t lots = doubt_lots(text->count, text->ids, V, (float)share, &random, answers);
    *drawn = (double)lots / (double)text->count;
    return answers;
}

struct trial_noise trial_noise(const struct lab_rule *rule, const struct lab_data *d, size_t n,
                               double share, uint64_t seed)
{
    struct trial_noise t;
    int32_t *answers = trial_answers(&d->train, d->V, share, seed, &t.drawn);
    struct lab_learner clean = lab_begin(rule, d->V, n, seed);
    lab_learn(&clean, &d->train, n);
    t.clean = lab_judge(&clean, d->V, &d->val, TRIALS_JUDGED);
    lab_end(&clean);
    struct lab_learner noisy = lab_begin(rule, d->V, n, seed);
    lab_learn_told(&noisy, &d->train, answers, n);
    t.noisy = lab_judge(&noisy, d->V, &d->val, TRIALS_JUDGED);
    t.taken = rule->noise ? rule->noise(noisy.state) : (double)NAN;
    lab_end(&noisy);
    free(answers);
    return t;
}

// --- once ------------------------------------------------------------------------------------

// struct words: the invented words, in two sentences each: one to learn from, one to be asked.
struct words {
    struct lab_text learnt, asked;
    size_t at[TRIALS_WORDS];  // where the word begins in `asked`
};

// A word stands between two spaces; so much room does it take.
enum { AROUND = 40, PIECE = 2 * AROUND + TRIALS_LETTERS + 2 };

// append writes a piece of a text into `to`, with the word in its middle.
static void append(struct lab_text *to, const int32_t *piece, int32_t space, const int32_t *word)
{
    int32_t *at = to->ids + to->count;
    memcpy(at, piece, AROUND * sizeof *at);
    at[AROUND] = at[AROUND + 1 + TRIALS_LETTERS] = space;
    memcpy(at + AROUND + 1, word, TRIALS_LETTERS * sizeof *at);
    memcpy(at + AROUND + 2 + TRIALS_LETTERS, piece + AROUND, AROUND * sizeof *at);
    to->count += PIECE;
}

// plain_letter says whether c is a small letter of English.
static int plain_letter(const struct lab_data *d, int32_t c)
{
    size_t size;
    const char *bytes = chars_bytes(d->chars, c, &size);
    return size == 1 && *bytes >= 'a' && *bytes <= 'z';
}

// space_of returns the space, or the text's first character if it has none.
static int32_t space_of(const struct lab_data *d)
{
    for (int32_t c = 0; c < d->V; c++) {
        size_t size;
        if (*chars_bytes(d->chars, c, &size) == ' ') return c;
    }
    return d->train.ids[0];
}

// invent draws words of letters as frequent as in the text, and puts each into a piece of train, to
// be learnt from, and a piece of val, to be asked in.
static struct words invent(const struct lab_data *d, uint64_t seed)
{
    struct words w = {{0, room(TRIALS_WORDS * PIECE)}, {0, room(TRIALS_WORDS * PIECE)}, {0}};
    struct random random = random_start(seed, LAB_WORDS);
    int32_t space = space_of(d);
    for (int i = 0; i < TRIALS_WORDS; i++) {
        int32_t word[TRIALS_LETTERS];
        // In a text without small letters any character will do: it does not look for ever.
        for (int k = 0, tries = 0; k < TRIALS_LETTERS; tries++) {
            int32_t c = d->train.ids[random_below(&random, (uint32_t)d->train.count)];
            if (plain_letter(d, c) || tries > 1000) word[k++] = c;
        }
        uint32_t train = (uint32_t)d->train.count - 2 * AROUND;
        uint32_t val = (uint32_t)d->val.count - 2 * AROUND;
        append(&w.learnt, d->train.ids + random_below(&random, train), space, word);
        w.at[i] = w.asked.count + AROUND + 1;
        append(&w.asked, d->val.ids + random_below(&random, val), space, word);
    }
    return w;
}

// word_bits asks for the letters behind the first TRIALS_KNOWN of each word.
static double word_bits(const struct lab_learner *l, int V, const struct words *w)
{
    enum { ASKED = TRIALS_LETTERS - TRIALS_KNOWN };
    float *p = malloc(sizeof *p * ASKED * (size_t)V);
    if (!p) die("out of memory: %d probabilities", V);
    double bits = 0;
    for (int i = 0; i < TRIALS_WORDS; i++) {
        size_t at[ASKED];
        for (size_t k = 0; k < ASKED; k++) at[k] = w->at[i] + TRIALS_KNOWN + k;
        l->rule->predict(l->state, (struct lab_places){w->asked.ids, ASKED, at}, p);
        for (int k = 0; k < ASKED; k++)
            bits -= log2(fmax((double)p[k * V + w->asked.ids[at[k]]], LAB_LEAST));
    }
    free(p);
    return bits / (TRIALS_WORDS * ASKED);
}

struct trial_once trial_often(const struct lab_rule *rule, const struct lab_data *d, size_t n,
                              int times, uint64_t seed)
{
    struct words w = invent(d, seed);
    struct lab_learner l = lab_begin(rule, d->V, n, seed);
    lab_learn(&l, &d->train, n);
    struct trial_once t = {.before = word_bits(&l, d->V, &w),
                           .val_before = lab_judge(&l, d->V, &d->val, TRIALS_JUDGED).bits};
    size_t shown = w.learnt.count * (size_t)times;
    if (rule->again) rule->again(l.state, shown);
    lab_learn(&l, &w.learnt, shown);
    t.after = word_bits(&l, d->V, &w);
    t.val_after = lab_judge(&l, d->V, &d->val, TRIALS_JUDGED).bits;
    lab_end(&l);
    free(w.learnt.ids);
    free(w.asked.ids);
    return t;
}

struct trial_once trial_once(const struct lab_rule *rule, const struct lab_data *d, size_t n,
                             uint64_t seed)
{
    return trial_often(rule, d, n, 1, seed);
}

// --- novelty ---------------------------------------------------------------------------------

// familiar returns how familiar a window of a text is to a rule: the mean over its characters.
static double familiar(const struct lab_learner *l, int V, const int32_t *ids, size_t begin,
                       int window, float *p)
{
    double sum = 0;
    for (int i = 0; i < window; i++) {
        size_t at = begin + (size_t)i;
        if (l->rule->known) {
            sum += (double)l->rule->known(l->state, ids, at);
            continue;
        }
        l->rule->predict(l->state, (struct lab_places){ids, 1, &at}, p);
        float most = 0;
        for (int c = 0; c < V; c++) most = p[c] > most ? p[c] : most;
        sum += (double)most;
    }
    return sum / window;
}

double trial_novelty(const struct lab_rule *rule, const struct lab_data *d, size_t n, int window,
                     uint64_t seed)
{
    enum { WINDOWS = 500 };
    static const size_t NONE = 0;
    size_t span = d->val.count < TRIALS_JUDGED ? d->val.count : TRIALS_JUDGED;
    size_t windows = span / (size_t)window < WINDOWS ? span / (size_t)window : WINDOWS;
    CHECK(windows > NONE, "window=%d of %zu characters", window, span);
    int32_t *name = renamed_names(d->V, seed);
    struct lab_text other = renamed_text(&d->val, name);
    struct lab_learner l = lab_begin(rule, d->V, n, seed);
    lab_learn(&l, &d->train, n);
    double *seen = malloc(windows * sizeof *seen), *strange = malloc(windows * sizeof *strange);
    float *p = malloc(sizeof *p * (size_t)d->V);
    if (!seen || !strange || !p) die("out of memory: %zu windows", windows);
    for (size_t i = 0; i < windows; i++) {
        size_t begin = i * (size_t)window;
        seen[i] = familiar(&l, d->V, d->val.ids, begin, window, p);
        strange[i] = familiar(&l, d->V, other.ids, begin, window, p);
    }
    double area = limits_area(windows, seen, windows, strange);
    free(name);
    free(p);
    free(seen);
    free(strange);
    free(other.ids);
    lab_end(&l);
    return area;
}

// --- online ----------------------------------------------------------------------------------

struct trial_online trial_online(const struct lab_rule *rule, const struct lab_data *d, size_t n,
                                 uint64_t seed)
{
    struct lab_learner l = lab_begin(rule, d->V, n, seed);
    lab_learn(&l, &d->train, n);
    struct trial_online t = {.asked = lab_judge(&l, d->V, &d->val, 0)};
    t.reads = lab_online(&l, d->V, &d->val);
    lab_end(&l);
    return t;
}
