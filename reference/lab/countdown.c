#include "countdown.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "lab.h"

enum { JOINS = 6, DEALS = 165, HELD_BACK = 5 };  // one in HELD_BACK

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

// deal_all writes all deals, and returns how many there are.
static int deal_all(int deal[DEALS][COUNTDOWN_NUMBERS])
{
    int n = 0;
    for (int a = 1; a <= COUNTDOWN_LARGEST; a++)
        for (int b = a; b <= COUNTDOWN_LARGEST; b++)
            for (int c = b; c <= COUNTDOWN_LARGEST; c++, n++)
                deal[n][0] = a, deal[n][1] = b, deal[n][2] = c;
    return n;
}

// draw_held marks one in HELD_BACK of n things, or of those of them that are there.
static void draw_held(int n, const char *there, struct random *r, char *held)
{
    int *thing = malloc(sizeof *thing * (size_t)n), count = 0;
    if (!thing) die("out of memory: %d problems", n);
    for (int i = 0; i < n; i++)
        if (there[i]) thing[count++] = i;
    for (int i = count, wanted = count / HELD_BACK; wanted-- > 0; i--) {
        int pick = (int)random_below(r, (uint32_t)i);
        held[thing[pick]] = 1;
        thing[pick] = thing[i - 1];
    }
    free(thing);
}

struct countdown_sets countdown_split(enum countdown_held held, uint64_t seed)
{
    enum { PAIRS = DEALS * (COUNTDOWN_TARGETS + 1), MOST = DEALS * COUNTDOWN_PLANS };
    int deal[DEALS][COUNTDOWN_NUMBERS], deals = deal_all(deal);
    CHECK(deals == DEALS, "deals=%d", deals);
    char there[PAIRS] = {0}, back[PAIRS] = {0}, every[DEALS];
    memset(every, 1, sizeof every);
    for (int d = 0; d < DEALS; d++)
        for (int plan = 0; plan < COUNTDOWN_PLANS; plan++) {
            int target = countdown_reaches(deal[d], plan);
            there[d * (COUNTDOWN_TARGETS + 1) + target] = target > 0;
        }
    struct random r = random_start(seed, LAB_PROBLEMS);
    int by_deal = held == BY_NUMBERS;
    draw_held(by_deal ? DEALS : PAIRS, by_deal ? every : there, &r, back);
    struct countdown_sets s = {.train = malloc(MOST * sizeof *s.train),
                               .test = malloc(MOST * sizeof *s.test)};
    if (!s.train || !s.test) die("out of memory: %d problems", MOST);
    for (int d = 0; d < DEALS; d++)
        for (int plan = 0; plan < COUNTDOWN_PLANS; plan++) {
            struct countdown c = {.target = countdown_reaches(deal[d], plan), .plan = plan};
            memcpy(c.number, deal[d], sizeof c.number);
            if (!c.target) continue;
            if (back[by_deal ? d : d * (COUNTDOWN_TARGETS + 1) + c.target])
                s.test[s.test_count++] = c;
            else
                s.train[s.train_count++] = c;
        }
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
