// protocol: what every rule of the lab is shown, how it is judged, and what it cost.
//
// Everything is measured on one thread, in processor time; every rule sees as many examples, of the
// same text, and is judged on the same characters.
#ifndef GPT_PROTOCOL_H
#define GPT_PROTOCOL_H

#include <stddef.h>
#include <stdint.h>

#include "lab.h"
#include "random.h"

// struct lab_score: a rule's answers on a text.
struct lab_score {
    size_t examples;     // it had seen
    size_t numbers;      // it keeps
    double bits;         // a character: the mean of -log2 p of what stood there
    double right;        // how often the likeliest character was the one: 0 to 1
    double calibration;  // the expected calibration error: 0 to 1 (calibration.h)
    double seconds;      // of processor time it took to learn
};

// struct lab_learner: a rule that learns, and what it has cost.
struct lab_learner {
    const struct lab_rule *rule;
    void *state;
    uint64_t seed;
    size_t examples;
    double seconds;
    size_t done;           // of the last text's examples
    uint32_t *order;       // of its places, from malloc; NULL: it has learnt none
    struct random random;  // where the next order will be drawn from
};

// lab_begin opens a rule that will be shown `examples` examples; lab_end closes it.
struct lab_learner lab_begin(const struct lab_rule *rule, int V, size_t examples, uint64_t seed);
void lab_end(struct lab_learner *l);

// lab_learn shows it n examples of a text: all its places in an order that is drawn, then again in
// another, until there are n.  Every rule of the same seed sees the same ones.
void lab_learn(struct lab_learner *l, const struct lab_text *text, size_t n);

// lab_learn_on goes on where the last lab_learn, or lab_learn_on, of this text ended: lab_learn(l,
// text, n + m) is lab_learn(l, text, n) and lab_learn_on(l, text, m), if n is a multiple of
// LAB_BATCH.
void lab_learn_on(struct lab_learner *l, const struct lab_text *text, size_t n);

// lab_learn_told: lab_learn, but the rule is told that answers[i] stands at place i.  What stands
// before a place is the text as it is; only of the other places of the same batch, one in many
// thousand, it sees the answer there as well.
//   answers  (text->count)  may be text->ids
void lab_learn_told(struct lab_learner *l, const struct lab_text *text, const int32_t *answers,
                    size_t n);

// lab_ask asks it for the first n characters of a text, or all if n is 0 or too large, and hands
// what it says of each place, p (V), to `take`.  Returns how many these were.
// A rule that gives no probabilities ends the program: it says which rule, and what they add up to.
typedef void lab_take(void *context, size_t at, const float *p);
size_t lab_ask(const struct lab_learner *l, int V, const struct lab_text *text, size_t n,
               lab_take *take, void *context);

// lab_judge asks it so, and scores the answers.
struct lab_score lab_judge(const struct lab_learner *l, int V, const struct lab_text *text,
                           size_t n);

// lab_online asks it for all of a text, as lab_judge does, but it goes on learning as it reads: it
// is told what stood at LAB_ONLINE places as soon as it has been asked about these. Source: Dawid
// 1984, "Present position and potential developments: some personal views: statistical theory: the
// prequential approach".
enum { LAB_ONLINE = 16 };
struct lab_score lab_online(struct lab_learner *l, int V, const struct lab_text *text);

// lab_run begins, learns and judges on all of val.
struct lab_score lab_run(const struct lab_rule *rule, const struct lab_data *d, size_t examples,
                         uint64_t seed);

#endif
