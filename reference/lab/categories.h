// categories: what followed what, told apart by how much of what stood before is looked at.
//
// A category is a row of characters that a text may end in: the root is the empty one, and a
// category's child is the row that is one character longer, further back.  Each counts which
// characters followed it.  The table makes them and counts; what is counted where, and what it
// means, is up to the rule that uses it.
#ifndef GPT_CATEGORIES_H
#define GPT_CATEGORIES_H

#include <stddef.h>
#include <stdint.h>

struct categories;

enum { CATEGORIES_ROOT = 0, CATEGORIES_NONE = -1 };

// categories_new returns a memory in which there is only the root, which nothing has followed yet.
//   V  characters are in [0, V)
struct categories *categories_new(int V);
void categories_free(struct categories *m);  // m may be NULL
int categories_vocab(const struct categories *m);

// categories_find returns the child of a category: the one that looks at the character `c` before
// all of its own; CATEGORIES_NONE if it was never added.  categories_add makes it if it is not
// there. Cost: one look into a hash table.
int32_t categories_find(const struct categories *m, int32_t category, int32_t c);
int32_t categories_add(struct categories *m, int32_t category, int32_t c);

// categories_times returns how often c was counted behind a category; categories_after how often
// any was, categories_kinds how many different ones. Cost: categories_times goes through the kinds.
int32_t categories_times(const struct categories *m, int32_t category, int32_t c);
int32_t categories_after(const struct categories *m, int32_t category);
int32_t categories_kinds(const struct categories *m, int32_t category);

// categories_count counts c once more behind a category.
void categories_count(struct categories *m, int32_t category, int32_t c);

// categories_first and categories_next go through the characters that were counted behind a
// category:
//   for (int32_t f = categories_first(m, k); f != CATEGORIES_NONE; f = categories_next(m, f, &c,
//   &times)) …
// would miss the last; so categories_next tells of f and returns the one after it:
//   for (int32_t f = categories_first(m, k); f != CATEGORIES_NONE;) { f = categories_next(m, f, &c,
//   &times); …
//   }
int32_t categories_first(const struct categories *m, int32_t category);
int32_t categories_next(const struct categories *m, int32_t follower, int32_t *c, int32_t *times);

// categories_numbers returns how many counts there are: a category and a character each.
size_t categories_numbers(const struct categories *m);

#endif
