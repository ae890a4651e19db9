#include <stdlib.h>

#include "attend.h"
#include "commands.h"
#include "commands_parts.h"

// open_text is attend_open for text as a command line has it.
static void open_text(const struct gpt *m, const struct tokenizer *tok, const char *text,
                      struct attend *a)
{
    struct error e;
    char *plain = unescaped(text);
    error_must(attend_open(m, tok, plain, a, &e), &e);
    free(plain);
}

int command_attend(int argc, char **argv)
{
    const char *dir = "runs/latest", *text = NULL, *beside = NULL;
    int layer = 0, head = 0, most = 0;
    const struct option_spec specs[] = {
        {"prompt", OPTION_STRING, &text, 1, 0, "TEXT", "the text; \\n is a line break", 0},
        {"layer", OPTION_INT, &layer, 0, 1 << 20, "N", "the layer, from 0", 0},
        {"head", OPTION_INT, &head, 0, 1 << 20, "N", "the head, from 0", 0},
        {"most", OPTION_FLAG, &most, 0, 0, "", "only what each token looks at most", 0},
        {"beside", OPTION_STRING, &beside, 1, 0, "TEXT",
         "instead: this text's scores beside the prompt's, place by place", 0},
        {"model", OPTION_STRING, &dir, 1, 0, "DIR", "a trained model, or a GGUF", 0},
    };
    const struct command c = {"attend", "Shows which tokens of a text a GPT's heads look at.",
                              "--prompt TEXT [options]", specs, COUNT_OF(specs)};
    commands_arguments(&c, argc, argv, 0);
    struct error e;
    struct gpt *m;
    struct tokenizer *tok;
    struct attend a, b;
    if (!text) error_must(error_set(&e, ERR_VALUE, "attend: expected --prompt TEXT"), &e);
    if (most && beside)
        error_must(error_set(&e, ERR_VALUE, "--most, --beside: expected one of them"), &e);
    model_open(dir, &m, &tok);
    open_text(m, tok, text, &a);
    if (beside) {
        open_text(m, tok, beside, &b);
        attend_beside(&a, &b, stdout);
        attend_close(&b);
    } else {
        error_must(most ? attend_most(&a, layer, head, stdout, &e)
                        : attend_table(&a, layer, head, stdout, &e),
                   &e);
    }
    attend_close(&a);
    tokenizer_free(tok);
    gpt_free(m);
    return command_end();
}
