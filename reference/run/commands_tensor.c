#include "commands.h"
#include "commands_parts.h"
#include "near.h"
#include "view.h"

int command_near(int argc, char **argv)
{
    const char *dir = "runs/latest", *text = NULL, *among = NULL;
    int count = 8;
    const struct option_spec specs[] = {
        {"to", OPTION_STRING, &text, 1, 0, "TOKEN", "list what is most like this token", 0},
        {"count", OPTION_INT, &count, 1, 1 << 24, "N", "how many of them", 0},
        {"among", OPTION_STRING, &among, 1, 0, "TEXT",
         "instead: a table of the tokens of this text, each with each", 0},
        {"model", OPTION_STRING, &dir, 1, 0, "DIR", "a trained model, or a GGUF", 0},
    };
    const struct command c = {"near", "Shows which tokens a GPT takes for alike.", "[options]",
                              specs, COUNT_OF(specs)};
    commands_arguments(&c, argc, argv, 0);
    struct error e;
    struct gpt *m;
    struct tokenizer *tok;
    if (!text == !among)
        error_must(error_set(&e, ERR_VALUE, "--to, --among: expected one of them"), &e);
    model_open(dir, &m, &tok);
    error_must(text ? near_list(m, tok, text, count, stdout, &e)
                    : near_table(m, tok, among, stdout, &e),
               &e);
    tokenizer_free(tok);
    gpt_free(m);
    return command_end();
}

int command_view(int argc, char **argv)
{
    const char *shape = "2 3", *words = "";
    const struct option_spec specs[] = {
        {"shape", OPTION_STRING, &shape, 0, 0, "SIZES", "of the table; '' for a single number", 0},
        {"do", OPTION_STRING, &words, 0, 0, "WORDS",
         "transpose I J; slice DIM BEGIN COUNT STEP; broadcast, reshape, at NUMBERS", 0},
    };
    const struct command c = {"view", "Shows which floats of a memory a tensor reads.", "[options]",
                              specs, COUNT_OF(specs)};
    commands_arguments(&c, argc, argv, 0);
    struct error e;
    error_must(view_print(shape, words, stdout, &e), &e);
    return command_end();
}
