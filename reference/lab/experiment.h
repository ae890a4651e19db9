// experiment: the contract of what the lab measures besides a rule that learns a text.
#ifndef GPT_EXPERIMENT_H
#define GPT_EXPERIMENT_H

#include <stddef.h>
#include <stdint.h>

#include "lab.h"

// struct experiment_ask: what an experiment is told.
struct experiment_ask {
    const char *text;             // the name of the text
    const struct lab_data *data;  // the text; NULL for an experiment that uses none
    size_t examples;              // as asked for, else the experiment's own number
    uint64_t seed;                // of the first run, the next has seed + 1
    int seeds;                    // runs, where it makes several
};

// struct experiment: one module fills one.
struct experiment {
    const char *name;
    const char *plain;  // what it measures, in a line
    int text;           // 1: it uses a text
    size_t examples;  // what it is told where nobody asks for a number; 0 if it needs to know that
    // run prints what it finds, as rows of numbers under a row of names.  Progress goes to stderr.
    void (*run)(const struct experiment_ask *ask);
};

#endif
