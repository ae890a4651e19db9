// team_cost: what messages and steps of several processes cost, by the model and measured; and
// what a step would take on more machines than there are.
#ifndef GPT_TEAM_COST_H
#define GPT_TEAM_COST_H

#include <stdio.h>

#include "cluster.h"
#include "error.h"

// struct team_cost_settings: what is measured.
struct team_cost_settings {
    int processes, accumulate, rounds;
};

// team_cost_measure starts so many processes, or takes those that mpirun has started; times
// messages of them, finds the cost of one (cluster_fit), and says what sum and step of a small GPT
// should take by it (cluster_seconds, cluster_step) beside what they take.  The best of `rounds`
// counts.  The processes other than 0 end in it.
//   errors of team_enter, team_form and of the messages
enum err team_cost_measure(const struct team_cost_settings *s, FILE *out, struct error *e);

// struct team_cost_plan: a step on machines that are not here.
struct team_cost_plan {
    struct cluster_cost cost;
    double weights;        // of the model
    double micro, update;  // seconds of one micro-batch's gradients; of the optimizer
    int accumulate;        // micro-batches of a step
};

// team_cost_project prints a line for 1, 2, … and `most` machines: the best number of pieces, the
// seconds of the sum and of the step, and how many times as fast as one machine that is.
void team_cost_project(const struct team_cost_plan *p, int most, FILE *out);

#endif
