// countdown: a small game of numbers, in which an answer can be tried out before it is given.
//
// Three numbers from 1 to 9 are dealt, and a target from 1 to 100.  All three are to be joined, two
// first, then what these gave and the third, so that the target comes out.  Such a plan is one of
// 108: 3 pairs to begin with, 6 ways to join two numbers, and 6 again.
//
// Source: the numbers round of the television game Countdown, cut down; Gandhi et al. 2024, "Stream
// of Search", arXiv 2404.03683, teach the larger one to language models.
#ifndef GPT_COUNTDOWN_H
#define GPT_COUNTDOWN_H

#include <stddef.h>
#include <stdint.h>

#include "random.h"

enum {
    COUNTDOWN_NUMBERS = 3,
    COUNTDOWN_LARGEST = 9,    // of the numbers
    COUNTDOWN_TARGETS = 100,  // 1 … 100
    COUNTDOWN_PLANS = 108,
    COUNTDOWN_INPUTS = COUNTDOWN_NUMBERS * COUNTDOWN_LARGEST + COUNTDOWN_TARGETS,  // 127
};

// struct countdown: a problem.
struct countdown {
    int number[COUNTDOWN_NUMBERS];  // in any order; the same one may stand there twice
    int target;
    int plan;  // one that reaches the target, by which the problem was made; there may be others
};

// countdown_reaches returns what a plan makes of three numbers, if that is a target; else 0, also
// if it divides and something is left over, or by 0.  On the way numbers may fall below 1.
//   plan = 36 pair + 6 first + second
//   pair           0: numbers 0 and 1, then 2; 1: 0 and 2, then 1; 2: 1 and 2, then 0
//   first, second  how a and b are joined: 0 a + b, 1 a - b, 2 b - a, 3 a b, 4 a / b, 5 b / a;
//                  in the second a is what the first gave
int countdown_reaches(const int number[COUNTDOWN_NUMBERS], int plan);

// countdown_solves tells whether a plan reaches the target; countdown_solutions how many plans do.
int countdown_solves(const struct countdown *c, int plan);
int countdown_solutions(const struct countdown *c);

// countdown_write writes a plan for these numbers as a person would: "(9 - 2) * 4".
//   text  room for COUNTDOWN_TEXT bytes
enum { COUNTDOWN_TEXT = 48 };
void countdown_write(const int number[COUNTDOWN_NUMBERS], int plan, char *text);

// countdown_input writes a problem as a network is told it: for each number nine numbers, then a
// hundred for the target, all 0 but a single 1 each.
//   x  (COUNTDOWN_INPUTS)
void countdown_input(const struct countdown *c, float *x);

// struct countdown_sets: all problems there are, a plan each, in two parts: of 729 ways to deal the
// numbers, one after another, all plans that reach a target.  A deal and a target that several
// plans reach stands there as often.
struct countdown_sets {
    int train_count, test_count;
    struct countdown *train, *test;
};

// countdown_split draws which fifth is held back for the test, from the stream LAB_PROBLEMS.
//   BY_NUMBERS  of the 165 sets of numbers, in whatever order they are dealt: what is asked in the
//               test are numbers never met in training
//   BY_PROBLEM  of the pairs of a deal and a target: the same numbers were met in another order,
//               with the very target
enum countdown_held { BY_NUMBERS, BY_PROBLEM };
struct countdown_sets countdown_split(enum countdown_held held, uint64_t seed);
void countdown_free(struct countdown_sets *s);

// countdown_draw returns one problem of n at random.
const struct countdown *countdown_draw(const struct countdown *problems, int n, struct random *r);

#endif
