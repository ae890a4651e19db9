// goals: a network that finds plans for the numbers game, taught by trying.
//
// It sees three numbers and a target and gives probabilities of the plans (countdown.h, policy.h).
// Nobody shows it a plan that is right: it tries one, and sees what that reaches.  What it makes of
// that is one of enum goals_way.
// Sources: Williams 1992, "Simple statistical gradient-following algorithms for connectionist
// reinforcement learning"; Anthony, Tian & Barber 2017, "Thinking fast and slow with deep learning
// and tree search" (expert iteration); Andrychowicz et al. 2017, "Hindsight experience replay".
#ifndef GPT_GOALS_H
#define GPT_GOALS_H

#include <stdint.h>

#include "countdown.h"

enum goals_way {
    GOALS_REWARD,     // REINFORCE: 1 if the target was reached, else 0, less the mean of late
    GOALS_EXPERT,     // expert iteration: two plans are tried, and those that reach it are learnt
    GOALS_HINDSIGHT,  // a plan is right for what it reached, whatever was asked
    GOALS_IMAGINED,   // the same, and after a failure so is one more, drawn from all plans
    GOALS_TOLD,       // for comparison: it is shown a plan that is right
    GOALS_WAYS
};

// struct goals_score: what came of it.
struct goals_score {
    long problems;  // that it met: whole batches
    long tried;     // plans whose outcome it saw
    long lessons;   // that it learnt from
    double train;   // of the deals it practised with, what its likeliest plan solves: 0 to 1
    double test;    // of deals it never met
};

// goals_run teaches a new network with at least `problems` problems, drawn from train.
struct goals_score goals_run(enum goals_way way, const struct countdown_sets *sets, long problems,
                             uint64_t seed);

#endif
