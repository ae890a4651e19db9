#include <stdio.h>

#include "commands.h"
#include "commands_parts.h"
#include "model_file.h"
#include "shape_run.h"
#include "train_options.h"

int command_shape(int argc, char **argv)
{
    const char *named = NULL, *model = NULL;
    struct train_options o = {.position = "", .norm = "", .network = "", .shape = "gpt2"};
    o.vocab = 1024, o.context = 128, o.layers = 3, o.heads = 4, o.channels = 128;
    const struct option_spec specs[] = {
        {"named", OPTION_STRING, &named, 1, 0, "NAME", SHAPE_RUN_NAMES, 0},
        {"model", OPTION_STRING, &model, 1, 0, "DIR", "its shape: in config.json, or in a GGUF", 0},
        {"shape", OPTION_STRING, &o.shape, 1, 0, "NAME", "gpt2 or llama", 0},
        {"vocab", OPTION_INT, &o.vocab, 1, 1 << 24, "N", "tokens", 0},
        {"context", OPTION_INT, &o.context, 1, 1 << 20, "N", "tokens the model sees at once", 0},
        {"layers", OPTION_INT, &o.layers, 1, 1024, "N", "blocks", 0},
        {"heads", OPTION_INT, &o.heads, 1, 1024, "N", "attention heads of a block", 0},
        {"groups", OPTION_INT, &o.groups, 0, 1024, "N", "heads of keys and values; 0: as many", 0},
        {"channels", OPTION_INT, &o.channels, 1, 1 << 16, "N", "width of the residual stream", 0},
        {"hidden", OPTION_INT, &o.hidden, 0, 1 << 18, "N",
         "width of a block's network; 0: 4 C, llama 8 C / 3", 0},
    };
    const struct command c = {"shape",
                              "Prints the weights of a shape, part by part, and what they cost.",
                              "[options]", specs, COUNT_OF(specs)};
    commands_arguments(&c, argc, argv, 0);
    struct error e;
    struct gpt_config shape;
    if (named && model)
        error_must(error_set(&e, ERR_VALUE, "--named, --model: expected one of them"), &e);
    if (named)
        error_must(shape_run_named(named, &shape, &e), &e);
    else if (model)
        error_must(model_shape(model, &shape, &e), &e);
    else
        error_must(train_options_shape(&o, o.vocab, &shape, &e), &e);
    shape_run(&shape, stdout);
    return command_end();
}
