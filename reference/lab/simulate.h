// simulate: try in the head before doing: learn from steps that were only imagined, and choose
// among answers by what would become of each.
//
// Learning.  In each of S states one of A actions is taken; it gives a reward, a number, and leads
// to the next state, or ends the game.  Q[s,a] is what a learner expects of action a in state s:
// the reward now, plus gamma times what it will get from the next state on.  After a step it moves
// towards what the step showed:
//
//   target = reward + gamma max over b of Q[next,b]          (reward alone, if the game ended)
//   Q[state,action] <- Q[state,action] + alpha (target - Q[state,action])
//
// That is Q-learning.  Who also remembers what each action did can take such steps again without
// leaving the chair: Dyna-Q.
// Sources: Watkins & Dayan 1992, "Q-learning"; Sutton 1990, "Integrated architectures for learning,
// planning, and reacting based on approximating dynamic programming"; Sutton & Barto 2018,
// "Reinforcement Learning", section 8.2.
//
// Choosing.  A network proposes actions; a simulator, or a judge who has learnt otherwise, says
// what each is worth before any is taken.
#ifndef GPT_SIMULATE_H
#define GPT_SIMULATE_H

#include "random.h"

enum { SIMULATE_END = -1 };

// struct simulate_step: what became of an action.
struct simulate_step {
    int state, action;
    float reward;
    int next;  // the state it led to; SIMULATE_END: the game was over
};

// struct simulate: what a learner expects, and what it has seen.
struct simulate {
    int S, A;
    float alpha;                  // how far Q moves: 0 to 1
    float gamma;                  // what a reward is worth that comes a step later: 0 to 1
    float *q;                     // (S, A)
    int seen;                     // pairs of a state and an action that were tried
    struct simulate_step *model;  // (S A)  room; the first `seen` say what each of these did
};

// simulate_action draws random_float: if that is below epsilon, the action is random_below of A.
// Else it is one with the largest Q of the state: of all that have it, in their order, the one that
// random_below of their number says, be it 1.  So two numbers are drawn, whatever comes of them.
int simulate_action(const struct simulate *s, int state, float epsilon, struct random *r);

// simulate_update moves Q after a step, real or imagined.
void simulate_update(struct simulate *s, struct simulate_step t);

// simulate_remember keeps a step in the model.  Of each pair of state and action there is one, the
// newest, at the place where the first was put; a pair that is new is put behind the others.
void simulate_remember(struct simulate *s, struct simulate_step t);

// simulate_imagine takes n imagined steps: each draws one of the model's by random_below of `seen`,
// and updates Q by it.  Where nothing has been seen there is nothing to imagine.
void simulate_imagine(struct simulate *s, int n, struct random *r);

// simulate_value: what would become of an action, without taking it: at most 1, which is success.
typedef float simulate_value(const void *problem, int action);

// simulate_best tries out the k likeliest of A actions, from the likeliest down, of equally likely
// ones the first; and ends as soon as one is worth 1.  It returns that which is worth most, of
// equals the one that was tried first.
//   p      (A)  at least 0, not NaN
//   k      1 … A
//   tried  how many were tried
// Cost: k A comparisons, and what `value` costs at most k times.
int simulate_best(int A, const float *p, int k, simulate_value *value, const void *problem,
                  int *tried);

// simulate_judge returns the text that a judge finds likeliest, character for character: whose
// mean of ln p is largest; of equals the first.
//   length  (N)     characters of each text: 1 … L
//   p       (N, L)  above 0: what the judge gave each of its characters; what is behind a text's
//                   length is not looked at
int simulate_judge(int N, int L, const int *length, const float *p);

#endif
