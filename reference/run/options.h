// options: a command's long options, described once: how to read them, what they may be, what
// --help says, and how they are written down in a checkpoint.
#ifndef GPT_OPTIONS_H
#define GPT_OPTIONS_H

#include <stdint.h>

#include "arena.h"
#include "error.h"

enum { OPTIONS_MAX = 48 };  // of one command

enum option_kind { OPTION_INT, OPTION_SEED, OPTION_FLOAT, OPTION_STRING, OPTION_FLAG, OPTION_LIST };

// struct option_list: the texts of an option that may be given several times.
enum { OPTION_LIST_MAX = 8 };
struct option_list {
    int count;
    const char *text[OPTION_LIST_MAX];
};

// struct option_spec: one option.  value points at what it sets: an int, a uint64_t, a float,
// a const char * (which stays argv's), an int that a flag sets to 1, or a struct option_list, to
// which each occurrence adds.
struct option_spec {
    const char *name;  // without the dashes
    enum option_kind kind;
    void *value;         // its present content is the default
    double least, most;  // of an int or a float; least is also the fewest bytes of a text
    const char *unit;    // what --help shows behind the name: "N", "FILE"
    const char *help;
    int saved;  // OPTION_SAVED and OPTION_FIXED go into checkpoints
};

// How a saved option behaves when a run is resumed.
enum {
    OPTION_LOCAL,  // belongs to one call of the program
    OPTION_SAVED,  // kept; the command line may change it
    OPTION_FIXED,  // kept; a change would make it another run
};

// struct command: what --help says.
struct command {
    const char *name, *summary, *usage;
    const struct option_spec *options;
    int count;
};

// options_parse reads argv[1 …] into the specs' values; given[i] is set to 1 for each option that
// occurred.  --help prints and sets *help.  Words that are no options are left in argv, moved to
// the front, and *words is their number.  After an error some values may be set already.
//   ERR_VALUE  an unknown option, a missing or impossible value
enum err options_parse(const struct command *c, int argc, char **argv, int *given, int *help,
                       int *words, struct error *e);

// option_set gives one option the value written in text.
//   ERR_VALUE  text is not of its kind or out of its range
enum err option_set(const struct option_spec *o, const char *text, struct error *e);

// option_choice finds the value of --option among `count` names and sets *which; "" leaves it as it
// is.  `expected` is how the names are told, as in "layer or rms".
//   ERR_VALUE  it is none of them
enum err option_choice(const char *option, const char *name, int count, const char *const *names,
                       const char *expected, int *which, struct error *e);

// option_text returns the option's present value, so that option_set reads it back exactly.  The
// text is the shortest of its form; it lives in a.
const char *option_text(const struct option_spec *o, struct arena *a);

#endif
