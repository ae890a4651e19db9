// commands_parts: what the commands share.
#ifndef GPT_COMMANDS_PARTS_H
#define GPT_COMMANDS_PARTS_H

#include "gpt.h"
#include "options.h"
#include "tokenizer.h"

// The options of a memory beside a model (recall.h), and the share it has if nobody says one.
#define RECALL_SHARE 0.2f
#define RECALL_SPECS(memory, share)                                    \
    {"memory",                                                         \
     OPTION_STRING,                                                    \
     &(memory),                                                        \
     0,                                                                \
     0,                                                                \
     "WHAT",                                                           \
     "remember the train part of a text or data set, and mix that in", \
     0},                                                               \
    {                                                                  \
        "share", OPTION_FLOAT, &(share), 0, 0.999, "X",                \
            "the memory's of the mixture; eval only begins with it", 0 \
    }

#define COUNT_OF(array) ((int)(sizeof(array) / sizeof *(array)))

// commands_arguments reads a command's options; it ends the program after --help and after a
// mistake.  Words that are no options are moved to argv[1 …]; there must be `words` of them.
void commands_arguments(const struct command *c, int argc, char **argv, int words);

// unescaped returns text, in memory from malloc, with \n, \t and \\ read as in C: shells make a
// new line hard to write.
char *unescaped(const char *text);

// read_numbers reads all numbers of a text, parted by blanks, into x, which has room for `most`.
// Returns how many; 0 if there is anything else in it, or more.
int read_numbers(const char *text, int most, float *x);

// model_open reads the model of a command; both results are the caller's to free.
// model_open_frozen does it by model_frozen, for a command that only writes with it.
void model_open(const char *dir, struct gpt **m, struct tokenizer **tok);
void model_open_frozen(const char *dir, struct gpt **m, struct tokenizer **tok);

// model_place refuses a directory in which there is a model, or a run: ERR_MATCH.  model_save
// writes a whole model to dir, which holds none yet; errors as model_describe and model_stage.
enum err model_place(const char *dir, struct error *e);
enum err model_save(const char *dir, const struct gpt *m, const struct tokenizer *tok,
                    struct error *e);

#endif
