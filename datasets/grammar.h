// grammar: a probabilistic grammar, written as tables of text, read into a tree.
//
// A table is a rule or a class of words.  A rule is a list of alternatives; telling a story is
// choosing one of them, again and again.  A class is a list of words, each in several forms.
// The notation inside a line:
//   3:text      an alternative of weight 3; without a number the weight is 1
//   (a|2:b|)    a choice on the spot, here between a, b and nothing, with weights 1, 2, 1
//   <rule>      the named rule, which must stand below this one: a story always ends
//   <name.his>  a word drawn from the class `name`, in the form `his`, and not remembered
//   [h]         the word in register h, in its first form
//   [h.his]     the same word in the form `his`
//   `           a double quote
// A word line lists its forms, `Lily|she|her`, in the order that the class's columns name.
//
// A register is where a story remembers a word.  Its first mention draws the word from its
// class; every later mention repeats it.  That is all the memory there is: the object that is
// lost is the object that is found because both sentences say [o].
//
// There are no conditions.  What depends on a word is a form of that word, and a form may hold
// choices of its own.  So no choice of alternative ever depends on which word was drawn, and
// that is what makes the expected figures exact (derive_expect).
#ifndef STORIES_GRAMMAR_H
#define STORIES_GRAMMAR_H

#include <stddef.h>
#include <stdint.h>

// The tables, as they are written.  Lists end with NULL, tables and registers with a NULL name.
struct grammar_table {
    const char *name;
    const char *columns;       // "name|he|his" for a class; NULL for a rule
    const char *const *lines;  // alternatives or words
};

struct grammar_register {
    const char *name;
    const char *from;    // the class it draws from
    const char *unlike;  // a register of the same class whose word it must not repeat, or NULL
};

// The tree, as it is read.  All of it belongs to the grammar and is never changed.
enum node_kind { NODE_TEXT, NODE_CHOICE, NODE_WORD };

struct node {
    const struct node *next;  // what follows, or NULL
    enum node_kind kind;
    const char *text;             // NODE_TEXT: its bytes and
    size_t size;                  //            their number
    const struct choice *choice;  // NODE_CHOICE
    int slot;                     // NODE_WORD: which register
    int column;                   // NODE_CHOICE, NODE_WORD: in which form
};

struct branch {
    uint32_t weight;
    double bits;                     // surprisal: -log2(weight / total)
    const struct node *const *form;  // one list of nodes per column; an alternative has one
};

// A rule, a choice on the spot, or a class of words: branches, one of which is drawn.
struct choice {
    const char *name;
    const char *columns;  // the names of the forms, with '|' between them, or NULL
    int count;
    uint32_t total;  // sum of the weights
    const struct branch *branch;
};

// A register: where its words come from.
struct slot {
    const char *name;
    const struct choice *words;
    int unlike;  // slot whose word is left out, or -1
};

#define GRAMMAR_SLOTS 40

struct grammar {
    struct arena *arena;
    const struct choice *start;  // the first table
    int slots;
    struct slot slot[GRAMMAR_SLOTS];
};

// grammar_read builds the tree.  The first table is the rule that a story starts from.  A
// mistake in the tables is a caller's bug: CHECK names the table and shows the place.  The
// strings must live as long as the grammar.
struct grammar *grammar_read(const struct grammar_table *tables,
                             const struct grammar_register *registers);

// grammar_free gives everything back.  g may be NULL.
void grammar_free(struct grammar *g);

// grammar_bits returns -log2(p), 0 < p <= 1, within 1e-12, with the same bits on every machine.
double grammar_bits(double p);

#endif
