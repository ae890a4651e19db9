// storybook: the grammar of the embedded data set, small stories for small models.
//
// Ten plots, some 550 words.  Each story is one paragraph of about 430 bytes: someone wants
// something, meets an obstacle, and it ends well.  What is said early comes back late: names and
// their pronouns, the colour of what was lost, the sound of the animal, who has the apple.
#ifndef STORIES_STORYBOOK_H
#define STORIES_STORYBOOK_H

#include "grammar.h"

// storybook_open reads the grammar.  The caller frees it with grammar_free.
struct grammar *storybook_open(void);

#endif
