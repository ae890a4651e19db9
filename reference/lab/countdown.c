#include "countdown.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "lab.h"

enum {
    JOINS = 6,
    DEALS = COUNTDOWN_LARGEST * COUNTDOWN_LARGEST * COUNTDOWN_LARGEST,
    TARGETS = COUNTDOWN_TARGETS + 1,  // and 0, for none
    PAIRS = DEALS * TARGETS,
    HELD_BACK = 5,  // one in so many
};

static const int ORDER[3][COUNTDOWN_NUMBERS] = {{0, 1, 2}, {0, 2, 1}, {1, 2, 0}};

// join writes what a and b give; returns 0 if they give no whole number.
static int join(int how, int a, int b, int *result)
{
    int above = how == 5 ? b : a, below = how == 5 ? a : b;
    switch (how) {
    case 0:
        *result = a + b;
        return 1;
    case 1:
        *result = a - b;
        return 1;
    case 2:
        *result = b - a;
        return 1;
    case 3:
        *result = a * b;
        return 1;
    default:
        if (below == 0 || above % below != 0) return 0;
        *result = above / below;
        return 1;
    }
}

int countdown_reaches(const int number[COUNTDOWN_NUMBERS], int plan)
{
    CHECK(plan >= 0 && plan < COUNTDOWN_PLANS, "plan=%d", plan);
    const int *order = ORDER[plan / (JOINS * JOINS)];
    int both, all;
    if (!join(plan / JOINS % JOINS, number[order[0]], number[order[1]], &both)) return 0;
    if (!join(plan % JOINS, both, number[order[2]], &all)) return 0;
    return all >= 1 && all <= COUNTDOWN_TARGETS ? all : 0;
}

int countdown_solves(const struct countdown *c, int plan)
{
    return countdown_reaches(c->number, plan) == c->target;
}

int countdown_solutions(const struct countdown *c)
{
    int count = 0;
    for (int plan = 0; plan < COUNTDOWN_PLANS; plan++) count += countdown_solves(c, plan);
    return count;
}

static void write_join(int how, const char *a, const char *b, size_t size, char *text)
{
    int turned = how == 2 || how == 5;
    snprintf(text, size, "%s %c %s", turned ? b : a, "+--*//"[how], turned ? a : b);
}

void countdown_write(const int number[COUNTDOWN_NUMBERS], int plan, char *text)
{
    const int *order = ORDER[plan / (JOINS * JOINS)];
    char first[COUNTDOWN_TEXT / 3], both[COUNTDOWN_TEXT / 3], digit[COUNTDOWN_NUMBERS][2];
    for (int i = 0; i < COUNTDOWN_NUMBERS; i++) {
        digit[i][0] = (char)('0' + number[order[i]]);
        digit[i][1] = 0;
    }
    write_join(plan / JOINS % JOINS, digit[0], digit[1], sizeof first, first);
    snprintf(both, sizeof both, "(%.*s)", (int)sizeof both - 3, first);
    write_join(plan % JOINS, both, digit[2], COUNTDOWN_TEXT, text);
}

void countdown_input(const struct countdown *c, float *x)
{
    memset(x, 0, COUNTDOWN_INPUTS * sizeof *x);
    for (int i = 0; i < COUNTDOWN_NUMBERS; i++) x[i * COUNTDOWN_LARGEST + c->number[i] - 1] = 1;
    x[COUNTDOWN_NUMBERS * COUNTDOWN_LARGEST + c->target - 1] = 1;
}

static void deal_of(int deal, int number[COUNTDOWN_NUMBERS])
{
    for (int i = 0; i < COUNTDOWN_NUMBERS; i++, deal /= COUNTDOWN_LARGEST)
        number[i] = 1 + deal % COUNTDOWN_LARGEST;
}

// sorted_deal returns the deal of the same numbers, from the smallest up.
static int sorted_deal(int deal)
{
    int n[COUNTDOWN_NUMBERS], sorted = 0;
    deal_of(deal, n);
    for (int pass = 0; pass < COUNTDOWN_NUMBERS; pass++)
        for (int i = 0; i + 1 < COUNTDOWN_NUMBERS; i++) {
            int least = n[i] < n[i + 1] ? n[i] : n[i + 1];
            n[i + 1] += n[i] - least, n[i] = least;
        }
    for (int i = COUNTDOWN_NUMBERS - 1; i >= 0; i--) sorted = sorted * COUNTDOWN_LARGEST + n[i] - 1;
    return sorted;
}

// part_of returns which thing of those that are held back or not a problem belongs to.
static int part_of(enum countdown_held held, int deal, int target)
{
    return held == BY_NUMBERS ? sorted_deal(deal) : deal * TARGETS + target;
}

// draw_held marks one in HELD_BACK of the things that are there with 2.
static void draw_held(char there[PAIRS], struct random *r)
{
    int *thing = malloc(sizeof *thing * PAIRS), count = 0;
    if (!thing) die("out of memory: %d problems", PAIRS);
    for (int i = 0; i < PAIRS; i++)
        if (there[i]) thing[count++] = i;
    for (int left = count, wanted = count / HELD_BACK; wanted > 0; wanted--) {
        int pick = (int)random_below(r, (uint32_t)left);
        there[thing[pick]] = 2;
        thing[pick] = thing[--left];
    }
    free(thing);
}

struct countdown_sets countdown_split(enum countdown_held held, uint64_t seed)
{
    enum { MOST = DEALS * COUNTDOWN_PLANS };
    struct random r = random_start(seed, LAB_PROBLEMS);
    struct countdown *all = malloc(MOST * sizeof *all);
    struct countdown_sets s = {.train = malloc(MOST * sizeof *s.train),
                               .test = malloc(MOST * sizeof *s.test)};
    int *part = malloc(MOST * sizeof *part), count = 0;
    char *there = calloc(PAIRS, 1);
    if (!all || !s.train || !s.test || !part || !there) die("out of memory: %d problems", MOST);
    for (int i = 0; i < MOST; i++) {
        struct countdown *c = &all[count];
        c->plan = i % COUNTDOWN_PLANS;
        deal_of(i / COUNTDOWN_PLANS, c->number);
        c->target = countdown_reaches(c->number, c->plan);
        if (!c->target) continue;
        part[count] = part_of(held, i / COUNTDOWN_PLANS, c->target);
        there[part[count++]] = 1;
    }
    draw_held(there, &r);
    for (int i = 0; i < count; i++)
        if (there[part[i]] == 2)
            s.test[s.test_count++] = all[i];
        else
            s.train[s.train_count++] = all[i];
    free(all), free(part), free(there);
    return s;
}

void countdown_free(struct countdown_sets *s)
{
    free(s->train);
    free(s->test);
    *s = (struct countdown_sets){0};
}

const struct countdown *countdown_draw(const struct countdown *problems, int n, struct random *r)
{
    return problems + random_below(r, (uint32_t)n);
}
