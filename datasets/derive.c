#include "derive.h"

#include <string.h>

#include "error.h"

// The words that a story remembers: per slot the number of its word, or -1 before the first
// mention.
struct memory {
    int word[GRAMMAR_SLOTS];
};

static struct memory memory_empty(void)
{
    struct memory m;
    for (int i = 0; i < GRAMMAR_SLOTS; i++) m.word[i] = -1;
    return m;
}

// left_out returns the word that slot s may not draw now, or -1.
static int left_out(const struct grammar *g, const struct memory *m, int s)
{
    int unlike = g->slot[s].unlike;
    if (unlike < 0) return -1;
    CHECK(m->word[unlike] >= 0, "[%s] comes before [%s]", g->slot[s].name, g->slot[unlike].name);
    return m->word[unlike];
}

// total_without returns the weight of all branches but one; without may be -1.
static uint32_t total_without(const struct choice *c, int without)
{
    return without < 0 ? c->total : c->total - c->branch[without].weight;
}

// --- tell -----------------------------------------------------------------------------------

struct teller {
    const struct grammar *g;
    struct random *random;
    struct memory memory;
    char *text;
    size_t size, room;
    double bits;
};

// draw returns the number of a branch, each as likely as its weight says.
static int draw(struct teller *t, const struct choice *c, int without)
{
    uint32_t total = total_without(c, without), ticket = random_below(t->random, total);
    for (int i = 0;; i++) {
        if (i == without) continue;
        const struct branch *o = &c->branch[i];
        if (ticket < o->weight) {
            t->bits += without < 0 ? o->bits : grammar_bits((double)o->weight / total);
            return i;
        }
        ticket -= o->weight;
    }
}

static void tell(struct teller *t, const struct node *n)
{
    for (; n; n = n->next) {
        if (n->kind == NODE_TEXT) {
            CHECK(n->size <= t->room - t->size, "room=%zu", t->room);
            memcpy(t->text + t->size, n->text, n->size);
            t->size += n->size;
        } else if (n->kind == NODE_CHOICE) {
            tell(t, n->choice->branch[draw(t, n->choice, -1)].form[n->column]);
        } else {
            const struct choice *words = t->g->slot[n->slot].words;
            int *word = &t->memory.word[n->slot];
            if (*word < 0) *word = draw(t, words, left_out(t->g, &t->memory, n->slot));
            tell(t, words->branch[*word].form[n->column]);
        }
    }
}

size_t derive_tell(const struct grammar *g, struct random *r, char *text, size_t room, double *bits)
{
    struct teller t = {.g = g, .random = r, .memory = memory_empty(), .text = text, .room = room};
    struct node start = {.kind = NODE_CHOICE, .choice = g->start};
    tell(&t, &start);
    *bits = t.bits;
    return t.size;
}

// --- read -----------------------------------------------------------------------------------

// What is still to be read when the current list ends: a stack that lives on C's own.
struct rest {
    const struct node *node;
    const struct rest *up;
};

struct matcher {
    const struct grammar *g;
    struct memory memory;
    const char *text;
    size_t size;
    struct reading reading;
};

static void match(struct matcher *m, const struct node *n, const struct rest *up, size_t at,
                  double p);

// match_text compares one node's bytes and notes how far the text has been followed.
static int match_text(struct matcher *m, const struct node *n, size_t at)
{
    size_t i = 0, left = m->size - at;
    while (i < n->size && i < left && m->text[at + i] == n->text[i]) i++;
    if (at + i > m->reading.reached) m->reading.reached = at + i;
    return i == n->size;
}

// match_word reads a mention.  At the first one it tries every word the slot may hold.
static void match_word(struct matcher *m, const struct node *n, const struct rest *up, size_t at,
                       double p)
{
    const struct choice *words = m->g->slot[n->slot].words;
    struct rest rest = {n->next, up};
    int *word = &m->memory.word[n->slot];
    if (*word >= 0) {
        match(m, words->branch[*word].form[n->column], &rest, at, p);
        return;
    }
    int without = left_out(m->g, &m->memory, n->slot);
    uint32_t total = total_without(words, without);
    for (int i = 0; i < words->count; i++) {
        if (i == without) continue;
        *word = i;
        match(m, words->branch[i].form[n->column], &rest, at, p * words->branch[i].weight / total);
    }
    *word = -1;
}

// match follows every way to tell the text from `at` on: the list n, then what rests above.
// p is the probability of the choices so far.
static void match(struct matcher *m, const struct node *n, const struct rest *up, size_t at,
                  double p)
{
    for (;;) {
        if (!n && !up) {
            if (at != m->size) return;
            m->reading.probability += p;
            m->reading.ways++;
            return;
        }
        if (!n) {
            n = up->node, up = up->up;
        } else if (n->kind == NODE_TEXT) {
            if (!match_text(m, n, at)) return;
            at += n->size, n = n->next;
        } else if (n->kind == NODE_WORD) {
            match_word(m, n, up, at, p);
            return;
        } else {
            struct rest rest = {n->next, up};
            const struct choice *c = n->choice;
            for (int i = 0; i < c->count; i++)
                match(m, c->branch[i].form[n->column], &rest, at,
                      p * c->branch[i].weight / c->total);
            return;
        }
    }
}

struct reading derive_read(const struct grammar *g, const char *text, size_t size)
{
    struct matcher m = {.g = g, .memory = memory_empty(), .text = text, .size = size};
    struct node start = {.kind = NODE_CHOICE, .choice = g->start};
    match(&m, &start, NULL, 0, 1);
    return m.reading;
}

// --- expect ---------------------------------------------------------------------------------

// Which alternative is taken never depends on which words were drawn, and a form mentions no
// word of its own class (it stands below).  So a slot's word, once drawn, has one fixed
// distribution, wherever the story is, and averages of averages are exact.  All that must be
// carried along is how likely it is that each slot is still empty.
struct expecter {
    const struct grammar *g;
    double empty[GRAMMAR_SLOTS];  // probability that the slot has no word yet
    int inside;                   // how many forms of words we are within
};

// chance returns the probability that slot s, once drawn, holds its word i.
static double chance(const struct grammar *g, int s, int i)
{
    const struct choice *words = g->slot[s].words;
    double weight = words->branch[i].weight, sum = 0;
    if (g->slot[s].unlike < 0) return weight / words->total;
    for (int u = 0; u < words->count; u++)
        if (u != i) sum += words->branch[u].weight * weight / total_without(words, u);
    return sum / words->total;
}

// slot_bits returns the entropy of drawing slot s.
static double slot_bits(const struct grammar *g, int s)
{
    const struct choice *words = g->slot[s].words;
    int pair = g->slot[s].unlike >= 0;
    double sum = 0;
    for (int u = 0; u < (pair ? words->count : 1); u++) {
        uint32_t total = total_without(words, pair ? u : -1);
        double first = pair ? (double)words->branch[u].weight / words->total : 1;
        for (int i = 0; i < words->count; i++) {
            if (pair && i == u) continue;
            double p = (double)words->branch[i].weight / total;
            sum += first * p * grammar_bits(p);
        }
    }
    return sum;
}

static struct figures expect(struct expecter *x, const struct node *n);

// expect_word: the draw, if this is the first mention, and then the form.
static struct figures expect_word(struct expecter *x, const struct node *n)
{
    const struct slot *slot = &x->g->slot[n->slot];
    struct figures sum = {0};
    if (x->empty[n->slot] > 0) {
        // Whether the slot is filled would depend on the word whose form this is.
        CHECK(!x->inside, "a form of a word draws [%s]", slot->name);
        CHECK(slot->unlike < 0 || x->empty[slot->unlike] == 0, "[%s] may come before [%s]",
              slot->name, x->g->slot[slot->unlike].name);
        sum.bits += x->empty[n->slot] * slot_bits(x->g, n->slot);
        x->empty[n->slot] = 0;
    }
    x->inside++;
    for (int i = 0; i < slot->words->count; i++) {
        double p = chance(x->g, n->slot, i);
        struct figures form = expect(x, slot->words->branch[i].form[n->column]);
        sum.bits += p * form.bits, sum.bytes += p * form.bytes;
        if (form.longest > sum.longest) sum.longest = form.longest;
    }
    x->inside--;
    return sum;
}

// expect_choice: each alternative starts from the same memory; afterwards they are mixed.
static struct figures expect_choice(struct expecter *x, const struct node *n)
{
    const struct choice *c = n->choice;
    double mixed[GRAMMAR_SLOTS] = {0};
    struct figures sum = {0};
    for (int i = 0; i < c->count; i++) {
        struct expecter one = *x;
        struct figures f = expect(&one, c->branch[i].form[n->column]);
        double p = (double)c->branch[i].weight / c->total;
        sum.bits += p * (c->branch[i].bits + f.bits), sum.bytes += p * f.bytes;
        if (f.longest > sum.longest) sum.longest = f.longest;
        for (int s = 0; s < x->g->slots; s++) mixed[s] += p * one.empty[s];
    }
    memcpy(x->empty, mixed, sizeof mixed);
    return sum;
}

static struct figures expect(struct expecter *x, const struct node *n)
{
    struct figures sum = {0};
    for (; n; n = n->next) {
        struct figures f = {.bytes = (double)n->size, .longest = n->size};
        if (n->kind == NODE_CHOICE) f = expect_choice(x, n);
        if (n->kind == NODE_WORD) f = expect_word(x, n);
        sum.bits += f.bits, sum.bytes += f.bytes, sum.longest += f.longest;
    }
    return sum;
}

struct figures derive_expect(const struct grammar *g)
{
    struct expecter x = {.g = g};
    for (int s = 0; s < g->slots; s++) x.empty[s] = 1;
    struct node start = {.kind = NODE_CHOICE, .choice = g->start};
    return expect(&x, &start);
}
