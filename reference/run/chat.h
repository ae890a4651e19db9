// chat: a person and a model write one text in turns.
#ifndef GPT_CHAT_H
#define GPT_CHAT_H

#include <stdio.h>

#include "error.h"
#include "gpt.h"
#include "tokenizer.h"
#include "writer.h"

// struct chat: what stands around the turns.  A turn is user, the person's line, reply, and what
// the model writes then.
struct chat {
    struct writing writing;
    const char *system;  // before the first turn
    const char *user, *reply;
};

// chat_run takes the person's lines from in until it ends, or until the line /quit, and shows the
// model's part on out, with a line break behind it.  The line /reset begins the text anew.  What
// the tokenizer cannot read is said on err in one line, and the conversation goes on without it; so
// is it said when the model begins to forget, because its context is full.
//   prompt  shown on out before each line; "" for none
//   ERR_FORMAT  the model scores no number
enum err chat_run(const struct gpt *m, const struct tokenizer *tok, const struct chat *c,
                  const char *prompt, FILE *in, FILE *out, FILE *err, struct error *e);

#endif
