// trials: what bits on held-back text do not tell of a rule: whether it forgets, what it learns
// from a single time, whether it knows what is new to it, and what it believes of what it is told.
#ifndef GPT_TRIALS_H
#define GPT_TRIALS_H

#include <stddef.h>
#include <stdint.h>

#include "protocol.h"

enum { TRIALS_JUDGED = 20000 };  // characters of val, from its beginning, that trials judge by

// struct trial_forgetting: a rule learns text A, then B, which is A with its characters renamed:
// the same language in another script.  All scores are on TRIALS_JUDGED characters.
struct trial_forgetting {
    struct lab_score before, after;  // of A, before and after B was learnt
    struct lab_score second;         // of B
};

// trial_forgetting shows n examples of each.
struct trial_forgetting trial_forgetting(const struct lab_rule *rule, const struct lab_data *d,
                                         size_t n, uint64_t seed);

// struct trial_noise: a rule learns with the truth; and, from a fresh start, with some of the
// answers drawn by lot.  Both are judged by the truth, on TRIALS_JUDGED characters.
struct trial_noise {
    struct lab_score clean, noisy;
    double drawn;  // the share of answers that were drawn, among them some that came out right
    double taken;  // the share that the rule took for drawn, 0 to 1; NaN: it does not say
};

// trial_noise shows n examples each time; an answer is drawn with the probability `share`.
struct trial_noise trial_noise(const struct lab_rule *rule, const struct lab_data *d, size_t n,
                               double share, uint64_t seed);

// trial_answers returns what the rule is told then: the characters of a text, each with the
// probability `share` drawn by lot in place of the true one; (text->count), from malloc.
//   drawn  the share that was drawn
int32_t *trial_answers(const struct lab_text *text, int V, double share, uint64_t seed,
                       double *drawn);

// struct trial_once: bits a character of words that do not exist, in a sentence in which they had
// not been met; of their letters from the fourth on, before which one cannot know them.
struct trial_once {
    double before, after;  // without having met the words, and having met each once, elsewhere
    double val_before, val_after;  // bits a character of TRIALS_JUDGED characters of val
};

// trial_once shows n examples of train, then TRIALS_WORDS sentences with a word each.
enum { TRIALS_WORDS = 20, TRIALS_LETTERS = 8, TRIALS_KNOWN = 3 };
struct trial_once trial_once(const struct lab_rule *rule, const struct lab_data *d, size_t n,
                             uint64_t seed);

// trial_often: trial_once, but these sentences are shown `times` times.
struct trial_once trial_often(const struct lab_rule *rule, const struct lab_data *d, size_t n,
                              int times, uint64_t seed);

// trial_novelty tells how well a rule knows, before it sees an answer, that a text is not of the
// kind it learnt.  Windows of `window` characters of val, and as many of a renamed val, are ordered
// by how familiar they are to it (lab.h: known); the result is the probability that one of the
// first kind comes out as more familiar than one of the second, ties counted half: 1 is perfect,
// 0.5 a guess.  (It is called AUROC, the area under the receiver operating characteristic.)
// Source: Hanley & McNeil 1982, "The meaning and use of the area under a ROC curve".
double trial_novelty(const struct lab_rule *rule, const struct lab_data *d, size_t n, int window,
                     uint64_t seed);

// struct trial_online: all of val, by a rule that is only asked, and by the same rule when it goes
// on learning as it reads.
struct trial_online {
    struct lab_score asked, reads;
};

// trial_online shows n examples first.  For a network to go on learning is called dynamic
// evaluation.
// Source: Krause et al. 2018, "Dynamic evaluation of neural sequence models".
struct trial_online trial_online(const struct lab_rule *rule, const struct lab_data *d, size_t n,
                                 uint64_t seed);

#endif
