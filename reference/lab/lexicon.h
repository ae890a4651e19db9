// lexicon: which words a text has, to tell whether one that was written is among them.
//
// A word is a row of letters with none before or behind it.  A letter is one of a … z, A … Z, or
// whatever is not ASCII.
#ifndef GPT_LEXICON_H
#define GPT_LEXICON_H

#include <stddef.h>
#include <stdint.h>

#include "lab.h"

struct lexicon;

// lexicon_new reads the words of what there is to learn from.
struct lexicon *lexicon_new(const struct lab_data *d);
void lexicon_free(struct lexicon *w);  // w may be NULL

// lexicon_letter tells whether character c is a letter.
int lexicon_letter(const struct lexicon *w, int32_t c);

// lexicon_next returns how many characters the first word in ids[0 … count) has, and writes where
// it begins; 0: there is none.
size_t lexicon_next(const struct lexicon *w, const int32_t *ids, size_t count, size_t *begin);

// lexicon_known tells whether a row of letters was one of the text's words.
int lexicon_known(const struct lexicon *w, const int32_t *word, size_t count);

#endif
