#include "grammar.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "error.h"

// No class has more columns, and no list more lines.
enum { COLUMNS = 12, BRANCHES = 64 };

// A table that has been read: the choice it became, and how to find its columns by name.
struct entry {
    const struct grammar_table *table;
    const struct choice *choice;
};

struct reader {
    struct grammar *g;
    struct entry *entry;  // the tables in their order; those not read yet have no choice
    int entries;
    const char *name;  // the table being read, for messages
    const char *at;    // the place in its line
};

// log2 by squaring: if x = 2^f with 0 <= f < 1, then x^2 >= 2 exactly when f's first binary
// digit is 1.  It uses only multiplication and comparison, which no compiler may round
// differently.  Squaring doubles the error in f each time, but the digits weigh half as much.
double grammar_bits(double p)
{
    CHECK(p > 0 && p <= 1, "p=%g", p);
    double bits = 0, x = p;
    for (; x < 1; x *= 2) bits += 1;
    for (double digit = 0.5; digit > 0x1p-48; digit /= 2) {
        x *= x;
        if (x < 2) continue;
        x /= 2, bits -= digit;
    }
    return bits;
}

// name_is tells whether the n bytes at s are the string name.
static int name_is(const char *name, const char *s, size_t n)
{
    return strlen(name) == n && memcmp(name, s, n) == 0;
}

// A mention: "name" or "name.form".
struct mention {
    const char *name, *form;  // form is NULL without a dot
    size_t length, form_length;
};

// find_column returns the place of the mentioned form in its class's "name|he|his".
static int find_column(const struct reader *r, const struct choice *words, struct mention m)
{
    if (!m.form) return 0;
    const char *column = words->columns;
    for (int c = 0; column; c++) {
        size_t length = strcspn(column, "|");
        if (length == m.form_length && memcmp(column, m.form, length) == 0) return c;
        column = column[length] ? column + length + 1 : NULL;
    }
    CHECK(0, "%s: %s has no form %.*s", r->name, words->name, (int)m.form_length, m.form);
    return -1;
}

static int find_slot(const struct reader *r, const char *s, size_t n)
{
    for (int i = 0; i < r->g->slots; i++)
        if (name_is(r->g->slot[i].name, s, n)) return i;
    CHECK(0, "%s: no register [%.*s]", r->name, (int)n, s);
    return -1;
}

static const struct choice *find_choice(const struct reader *r, const char *s, size_t n)
{
    for (int i = 0; i < r->entries; i++)
        if (name_is(r->entry[i].table->name, s, n)) {
            CHECK(r->entry[i].choice, "%s: <%.*s> does not stand below it", r->name, (int)n, s);
            return r->entry[i].choice;
        }
    CHECK(0, "%s: no table <%.*s>", r->name, (int)n, s);
    return NULL;
}

// take_mention reads up to the closing bracket and leaves the place behind it.
static struct mention take_mention(struct reader *r, char close)
{
    const char *end = strchr(r->at, close);
    CHECK(end, "%s: '%c' is missing after: %s", r->name, close, r->at);
    struct mention m = {.name = r->at, .length = (size_t)(end - r->at)};
    const char *dot = memchr(m.name, '.', m.length);
    if (dot) {
        m.length = (size_t)(dot - m.name);
        m.form = dot + 1, m.form_length = (size_t)(end - m.form);
    }
    r->at = end + 1;
    return m;
}

// read_word reads what stands after '['.
static void read_word(struct reader *r, struct node *node)
{
    struct mention m = take_mention(r, ']');
    node->kind = NODE_WORD;
    node->slot = find_slot(r, m.name, m.length);
    const struct choice *words = r->g->slot[node->slot].words;
    CHECK(words, "%s: the class of [%.*s] does not stand below it", r->name, (int)m.length, m.name);
    node->column = find_column(r, words, m);
}

// read_call reads what stands after '<'.
static void read_call(struct reader *r, struct node *node)
{
    struct mention m = take_mention(r, '>');
    node->kind = NODE_CHOICE;
    node->choice = find_choice(r, m.name, m.length);
    node->column = find_column(r, node->choice, m);
}

// read_text reads up to the next mark.
static void read_text(struct reader *r, struct node *node)
{
    size_t n = strcspn(r->at, "[]<>()|");
    char *text = arena_alloc(r->g->arena, n + 1);
    for (size_t i = 0; i < n; i++) text[i] = r->at[i] == '`' ? '"' : r->at[i];
    node->kind = NODE_TEXT, node->text = text, node->size = n;
    r->at += n;
}

static const struct choice *read_choice(struct reader *r);

// read_list reads nodes up to '|', ')' or the end of the line, and returns the first.
static const struct node *read_list(struct reader *r)
{
    const struct node *first = NULL, **link = &first;
    while (*r->at && *r->at != '|' && *r->at != ')') {
        struct node *node = arena_alloc(r->g->arena, sizeof *node);
        *node = (struct node){0};
        char mark = *r->at;
        CHECK(mark != ']' && mark != '>', "%s: '%c' closes nothing: %s", r->name, mark, r->at);
        if (mark == '[' || mark == '<' || mark == '(') r->at++;
        if (mark == '[') {
            read_word(r, node);
        } else if (mark == '<') {
            read_call(r, node);
        } else if (mark == '(') {
            node->kind = NODE_CHOICE, node->choice = read_choice(r);
        } else {
            read_text(r, node);
        }
        *link = node;
        link = &node->next;
    }
    return first;
}

// read_branch reads a weight and then `columns` lists with '|' between them.
static struct branch read_branch(struct reader *r, int columns)
{
    struct branch o = {.weight = 1};
    size_t digits = strspn(r->at, "0123456789");
    if (digits && r->at[digits] == ':') {
        o.weight = (uint32_t)strtoul(r->at, NULL, 10);
        r->at += digits + 1;
        CHECK(o.weight >= 1 && o.weight <= 1000000, "%s: weight %u", r->name, o.weight);
    }
    const struct node **form = arena_alloc(r->g->arena, (size_t)columns * sizeof *form);
    for (int c = 0; c < columns; c++) {
        CHECK(c == 0 || *r->at == '|', "%s: %d forms, not %d", r->name, c, columns);
        if (c) r->at++;
        form[c] = read_list(r);
    }
    o.form = form;
    return o;
}

// make_choice keeps a copy of the branches, with the total and each surprisal worked out.
static const struct choice *make_choice(struct reader *r, const struct branch *branch, int count,
                                        const char *columns)
{
    struct branch *kept = arena_alloc(r->g->arena, (size_t)count * sizeof *kept);
    memcpy(kept, branch, (size_t)count * sizeof *kept);
    uint32_t total = 0;
    for (int i = 0; i < count; i++) total += kept[i].weight;
    for (int i = 0; i < count; i++) kept[i].bits = grammar_bits((double)kept[i].weight / total);
    struct choice *choice = arena_alloc(r->g->arena, sizeof *choice);
    *choice = (struct choice){
        .name = r->name, .count = count, .columns = columns, .total = total, .branch = kept};
    return choice;
}

// read_choice reads what stands after '(', up to and including its ')'.
static const struct choice *read_choice(struct reader *r)
{
    struct branch branch[BRANCHES];
    int count = 0;
    do {
        CHECK(count < BRANCHES, "%s: more than %d alternatives", r->name, BRANCHES);
        branch[count++] = read_branch(r, 1);
    } while (*r->at++ == '|');
    CHECK(r->at[-1] == ')', "%s: ')' is missing", r->name);
    return make_choice(r, branch, count, NULL);
}

// read_table reads one rule or class.
static const struct choice *read_table(struct reader *r, const struct grammar_table *table)
{
    int columns = 1;
    for (const char *s = table->columns; s && *s; s++) columns += *s == '|';
    CHECK(columns <= COLUMNS, "%s: more than %d columns", table->name, COLUMNS);
    struct branch branch[BRANCHES];
    int count = 0;
    r->name = table->name;
    for (; table->lines[count]; count++) {
        CHECK(count < BRANCHES, "%s: more than %d lines", table->name, BRANCHES);
        r->at = table->lines[count];
        branch[count] = read_branch(r, columns);
        CHECK(!*r->at, "%s: not expected here: %s", table->name, r->at);
    }
    CHECK(count > 0, "%s: no lines", table->name);
    return make_choice(r, branch, count, table->columns);
}

// read_registers names the slots.  Their words are filled in as the classes are read.
static void read_registers(struct reader *r, const struct grammar_register *registers)
{
    struct grammar *g = r->g;
    for (const struct grammar_register *from = registers; from->name; from++) {
        CHECK(g->slots < GRAMMAR_SLOTS, "more than %d registers", GRAMMAR_SLOTS);
        r->name = from->name;
        int unlike = from->unlike ? find_slot(r, from->unlike, strlen(from->unlike)) : -1;
        // Words left out in a chain would make the expected figures a sum over whole chains.
        CHECK(unlike < 0 || g->slot[unlike].unlike < 0, "%s: unlike %s, itself unlike another",
              from->name, from->unlike);
        CHECK(unlike < 0 || strcmp(registers[unlike].from, from->from) == 0,
              "%s: unlike %s, of another class", from->name, from->unlike);
        g->slot[g->slots++] = (struct slot){.name = from->name, .unlike = unlike};
    }
}

struct grammar *grammar_read(const struct grammar_table *tables,
                             const struct grammar_register *registers)
{
    struct arena *arena = arena_new();
    struct grammar *g = arena_alloc(arena, sizeof *g);
    *g = (struct grammar){.arena = arena};
    struct reader r = {.g = g};
    while (tables[r.entries].name) r.entries++;
    CHECK(r.entries > 0, "no tables");
    r.entry = arena_alloc(arena, (size_t)r.entries * sizeof *r.entry);
    for (int i = 0; i < r.entries; i++) {
        r.entry[i] = (struct entry){.table = &tables[i]};
        for (int j = 0; j < i; j++)
            CHECK(strcmp(tables[j].name, tables[i].name) != 0, "two tables: %s", tables[i].name);
    }
    read_registers(&r, registers);
    // From the last to the first: a rule finds only what stands below it, so none can reach
    // itself and every story ends.
    for (int i = r.entries - 1; i >= 0; i--) {
        const struct choice *choice = read_table(&r, &tables[i]);
        r.entry[i].choice = choice;
        for (int s = 0; s < g->slots; s++)
            if (strcmp(registers[s].from, tables[i].name) == 0) g->slot[s].words = choice;
    }
    for (int s = 0; s < g->slots; s++)
        CHECK(g->slot[s].words, "register %s: no class %s", registers[s].name, registers[s].from);
    g->start = r.entry[0].choice;
    return g;
}

void grammar_free(struct grammar *g)
{
    if (g) arena_free(g->arena);
}
