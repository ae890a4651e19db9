// taught: rules whose learner is the network of net.h, and which differ in how they come to slopes.
//
// They share the network's size, its optimizer and the fall of the rate, so that what is left is
// the rule.
#ifndef GPT_TAUGHT_H
#define GPT_TAUGHT_H

#include "lab.h"
#include "net.h"

// struct taught: a network being taught.
struct taught {
    struct net *net;
    int begin, steps;  // the update at which the text began; updates that it will have
    float rate;        // at its highest; behind the last of those updates, a fifth of it
    // slopes adds to net->grad what the batch says; net_update follows.
    void (*slopes)(struct taught *t, struct lab_places x);
    float *own;  // numbers of the rule's own, from malloc; NULL: it has none
};

// taught_open makes the network that they have in common: 8 characters, two layers of 128.
struct taught *taught_open(const struct lab_setting *s, float rate,
                           void (*slopes)(struct taught *t, struct lab_places x));

// taught_errors writes dx[L + 1] = (p - what stood there) / N: the slopes of the mean cross-entropy
// of the batch by the logits, which net_forward has written.  Returns that mean, in nats.
float taught_errors(struct taught *t, struct lab_places x);

// TAUGHT: what a struct lab_rule has from here; `open` and the names are its own.
void taught_learn(void *state, struct lab_places x);
void taught_predict(void *state, struct lab_places x, float *p);
size_t taught_numbers(const void *state);
void taught_again(void *state, size_t examples);
void taught_close(void *state);
#define TAUGHT                                                                   \
    .learn = taught_learn, .predict = taught_predict, .numbers = taught_numbers, \
    .again = taught_again, .close = taught_close

#endif
