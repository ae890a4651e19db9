// scoreboard: all rules side by side: one table, and two pictures.
#ifndef GPT_SCOREBOARD_H
#define GPT_SCOREBOARD_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "lab.h"

// struct scoreboard_ask: what is run.
struct scoreboard_ask {
    int count;
    const struct lab_rule **rules;  // (count)
    const char *out;                // directory for what is kept; NULL: none
    size_t examples;                // of the last column
    int seeds;                      // runs of each rule, from `seed` on
    uint64_t seed;
};

// scoreboard_run lets the rules learn and prints a row for each as it is done:
//   bits, spread   a character of val after all examples: the mean over the seeds, and the largest
//                  less the smallest
//   right, ece     how often the likeliest character was right; the calibration error
//   online         bits a character when it goes on learning as it reads val (trials.h): the mean
//   numbers        that the rule keeps
//   seconds        of processor time, to learn
//   once           bits of a word's letters before and after it was met once (trials.h)
//   kept           how much of its right guesses a rule keeps after a second text was learnt
//   novel          the area under the curve of trial_novelty, for 20 characters
// Kept are table.tsv, these rows; results.tsv, the scores after 1, 3, 10, 30 and 100 % of the
// examples; and of those the pictures examples.svg and seconds.svg.  Progress goes to stderr.
//   ERR_IO     the directory cannot be made or written; gnuplot is missing or failed
enum err scoreboard_run(const struct scoreboard_ask *ask, const struct lab_data *d,
                        struct error *e);

#endif
