// scalar_run: two small nets of neurons at work: XOR, and two moons.
//
// Each has one hidden layer of `width` neurons and one neuron on top, whose output is between -1
// and 1; the loss is the mean square of its distance from -1 or 1.  All examples stand in one
// graph, which is built once: a step is a forward, a backward, and each weight moved against its
// gradient.
#ifndef GPT_SCALAR_RUN_H
#define GPT_SCALAR_RUN_H

#include <stdint.h>
#include <stdio.h>

struct scalar_task {
    int width, steps;
    float lr;
    uint64_t seed;  // of the first weights
};

// scalar_run_xor trains a net on XOR and prints what it says before and after.
void scalar_run_xor(const struct scalar_task *t, FILE *out);

// scalar_run_xor_seeds trains one net for each seed 1 … seeds, and prints how many learn it: all
// four outputs within 0.5.
void scalar_run_xor_seeds(const struct scalar_task *t, int seeds, FILE *out);

// struct scalar_moons: two half circles, one for each class, that reach into each other.
struct scalar_moons {
    struct scalar_task task;
    int points;     // of both moons together, to learn from; as many others to judge by
    float scatter;  // the deviation of each point from its half circle, whose radius is 1
    uint64_t data;  // the seed of the points
};

// scalar_run_moons trains a net on the points, and prints loss and mistakes on the way.
void scalar_run_moons(const struct scalar_moons *m, FILE *out);

// scalar_run_moons_map trains a net, and prints what a picture needs: the points as `x y class`,
// two blank lines, and a map of the net's output as `x y output`, `side` rows with a blank line
// after each.
void scalar_run_moons_map(const struct scalar_moons *m, int side, FILE *out);

#endif
