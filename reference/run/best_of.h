// best_of: several texts are written where one is wanted, and a judge picks one.
//
//   model     the one whose tokens the model gives the highest mean log-probability: what it wrote
//             by lot it reads once more without dice
//   memory    the same by another's probabilities: those of a memory of a text (recall.h)
//   majority  the text that came most often.  For a short answer that can be reached in several
//             ways: Wang et al. 2023, "Self-consistency improves chain of thought reasoning in
//             language models"
#ifndef GPT_BEST_OF_H
#define GPT_BEST_OF_H

#include <stdio.h>

#include "recall.h"
#include "writer.h"

enum judge { JUDGE_MODEL, JUDGE_MEMORY, JUDGE_MAJORITY };
#define JUDGE_NAMES "model, memory or majority"

// struct best_of: how many texts, and who judges.
struct best_of {
    int count;  // 1 or more
    enum judge judge;
    const struct recall *memory;  // of JUDGE_MEMORY; else not looked at
};

// struct best_found: what came of it.
struct best_found {
    int which;           // the one that was picked, from 0; of equals the first
    int agree;           // texts that are the same as it, itself among them
    double nats;         // its mean surprise by the judge's probabilities, a token; 0: majority
    double least, most;  // over all texts
    struct writer_times times;
};

// best_of_text writes prompt and the best continuation to out.  The first candidate is the text
// that writer_text writes; each further one goes on with the dice.
//   the errors of writer_read and writer_write
enum err best_of_text(const struct gpt *m, const struct tokenizer *tok, const struct writing *g,
                      const struct best_of *b, const char *prompt, FILE *out,
                      struct best_found *found, struct error *e);

#endif
