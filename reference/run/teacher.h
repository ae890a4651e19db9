// teacher: a finished model whose probabilities another one learns from.
#ifndef GPT_TEACHER_H
#define GPT_TEACHER_H

#include <stdint.h>

#include "error.h"
#include "gpt.h"
#include "tokenizer.h"

struct teacher;

// teacher_open reads the model in dir, for a student with that tokenizer, context and way of
// attention.
//   ERR_MATCH  its tokens are others, or it sees fewer of them at once
//   other errors as for model_read
enum err teacher_open(const char *dir, const struct tokenizer *t, int context,
                      enum gpt_attention how, struct teacher **out, struct error *e);
void teacher_free(struct teacher *t);  // t may be NULL

// teacher_ask returns (B, T, V) probabilities of what follows each token, until it is asked again.
//   tokens  (B, T)
const float *teacher_ask(struct teacher *t, int B, int T, const int32_t *tokens);

#endif
