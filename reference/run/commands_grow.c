// commands_grow: grow.
#include <inttypes.h>
#include <stdio.h>

#include "commands.h"
#include "commands_parts.h"
#include "gpt_grow.h"
#include "model_file.h"

static void print_shape(const char *when, const struct gpt *m)
{
    const struct gpt_config *c = gpt_config(m);
    printf("%-6s %d layers, %d heads, %d channels, network of %d: %zu weights\n", when, c->layers,
           c->heads, c->channels, c->hidden, gpt_weights(m));
}

int command_grow(int argc, char **argv)
{
    const char *out = "";
    struct gpt_growth g = {0};
    uint64_t seed = 1;
    const struct option_spec specs[] = {
        {"layers", OPTION_INT, &g.layers, 0, 1024, "N", "blocks; 0 for as many as there are", 0},
        {"channels", OPTION_INT, &g.channels, 0, 1 << 16, "N",
         "width of the residual stream, in heads as large as now; 0 for what it is", 0},
        {"hidden", OPTION_INT, &g.hidden, 0, 1 << 18, "N",
         "width of a block's network; 0 to let it grow with the channels", 0},
        {"seed", OPTION_SEED, &seed, 0, 0, "N", "of the new weights", 0},
        {"out", OPTION_STRING, &out, 0, 0, "DIR", "where the larger model goes", 0},
    };
    const struct command c = {"grow",
                              "Makes a trained GPT larger; what it computes stays the same.  "
                              "`gpt train --from` goes on.",
                              "MODEL --out DIR [options]", specs, COUNT_OF(specs)};
    commands_arguments(&c, argc, argv, 1);
    struct error e;
    struct gpt *m;
    struct tokenizer *tok;
    struct gpt_config shape;
    if (!*out) error_must(error_set(&e, ERR_VALUE, "grow: expected --out"), &e);
    if (!g.layers && !g.channels && !g.hidden)
        error_must(error_set(&e, ERR_VALUE, "grow: expected --layers, --channels or --hidden"), &e);
    error_must(model_place(out, &e), &e);
    model_open(argv[1], &m, &tok);
    error_must(error_in(&e, gpt_grown(gpt_config(m), &g, &shape, &e), argv[1]), &e);
    struct gpt *grown = gpt_grow(m, &shape, seed);
    error_must(model_save(out, grown, tok, &e), &e);
    print_shape("before", m);
    print_shape("after", grown);
    printf("checksum %016" PRIx64 "\n", model_checksum(grown));
    gpt_free(grown);
    tokenizer_free(tok);
    gpt_free(m);
    return command_end();
}
