#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "commands_parts.h"
#include "llama2c.h"
#include "model_file.h"
#include "tokenizer_file.h"

int command_import(int argc, char **argv)
{
    const char *tokenizer = "", *out = "";
    const struct option_spec specs[] = {
        {"tokenizer", OPTION_STRING, &tokenizer, 0, 0, "FILE", "the tokenizer.bin of the model", 0},
        {"out", OPTION_STRING, &out, 0, 0, "DIR", "where the model goes, in the form we read", 0},
    };
    const struct command c = {"import", "Takes over a model of llama2.c's.",
                              "MODEL.bin --tokenizer FILE --out DIR", specs, COUNT_OF(specs)};
    commands_arguments(&c, argc, argv, 1);
    struct error e;
    struct gpt *m;
    struct tokenizer *tok;
    if (!*tokenizer || !*out)
        error_must(error_set(&e, ERR_VALUE, "import: expected --%s", *out ? "tokenizer" : "out"),
                   &e);
    error_must(model_place(out, &e), &e);
    error_must(llama2c_read(argv[1], &m, &e), &e);
    error_must(tokenizer_file_read(tokenizer, &tok, &e), &e);
    const struct gpt_config *shape = gpt_config(m);
    if (tokenizer_vocab(tok) != shape->vocab)
        error_must(error_set(&e, ERR_MATCH, "%s: has %d tokens, %s says %d", tokenizer,
                             tokenizer_vocab(tok), argv[1], shape->vocab),
                   &e);
    error_must(model_save(out, m, tok, &e), &e);
    printf("%d layers, %d heads (%d of keys and values), %d channels, network of %d, context %d, "
           "%d tokens\n",
           shape->layers, shape->heads, shape->groups, shape->channels, shape->hidden,
           shape->context, shape->vocab);
    printf("weights %zu, checksum %016" PRIx64 "\n", gpt_weights(m), model_checksum(m));
    printf("%s\n", out);
    tokenizer_free(tok);
    gpt_free(m);
    return command_end();
}
