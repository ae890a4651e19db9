// commands_export: export and quantize, which write a model as one GGUF file.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "commands_parts.h"
#include "file.h"
#include "model_gguf.h"
#include "sentencepiece.h"

// struct exporting: what is written where.
struct exporting {
    const char *model, *out, *option, *type;
    int overwrite, rounded;  // rounded: types that round, and no others
};

// copy_of returns text[0 … size), in memory from malloc.
static char *copy_of(size_t size, const char *text)
{
    char *copy = malloc(size + 1);
    if (!copy) die("out of memory: a name of %zu bytes", size);
    memcpy(copy, text, size);
    copy[size] = 0;
    return copy;
}

// name_of returns what a model is called, in memory from malloc: by its GGUF, or else the last part
// of its path.
static char *name_of(const char *path)
{
    struct gguf *g = NULL;
    const char *said;
    if (gguf_is(path) && gguf_open(path, &g, NULL) == ERR_NONE &&
        gguf_want_string(g, "general.name", &said, NULL) == ERR_NONE) {
        char *name = copy_of(strlen(said), said);
        gguf_close(g);
        return name;
    }
    gguf_close(g);
    size_t end = strlen(path);
    while (end > 1 && path[end - 1] == '/') end--;
    size_t begin = end;
    while (begin > 0 && path[begin - 1] != '/') begin--;
    return copy_of(end - begin, path + begin);
}

// check_out refuses a place where something stands.
static enum err check_out(const struct exporting *x, struct error *e)
{
    if (!*x->out) return error_set(e, ERR_VALUE, "expected --%s FILE", x->option);
    if (file_is_directory(x->out))
        return error_set(e, ERR_IO, "%s: is a directory: expected a file to write", x->out);
    if (x->overwrite || !file_exists(x->out)) return ERR_NONE;
    return error_set(e, ERR_MATCH, "%s: is there already; --overwrite replaces it", x->out);
}

// note says where llama.cpp cuts a text otherwise than we do.
static void note(const struct tokenizer *tok)
{
    const struct sentencepiece *s = tokenizer_sentencepiece(tok);
    if (!s) return;
    enum sentencepiece_prefix prefix = sentencepiece_prefix(s);
    if (prefix == PREFIX_MISSING || prefix == PREFIX_FIRST)
        fprintf(stderr, "note: before a text that begins with a space, or behind a special token, "
                        "llama.cpp puts another space\n");
}

static int export_model(const struct exporting *x)
{
    static const char *const names[] = {"f32", "f16", "q8_0", "q4_0"};
    static const enum gguf_type types[] = {GGUF_F32, GGUF_F16, GGUF_Q8_0, GGUF_Q4_0};
    struct error e;
    struct gpt *m;
    struct tokenizer *tok;
    struct model_gguf_sizes sizes;
    int type = 0, first = x->rounded ? 2 : 0;
    error_must(option_choice("type", x->type, COUNT_OF(names) - first, names + first,
                             x->rounded ? "q8_0 or q4_0" : "f32, f16, q8_0 or q4_0", &type, &e),
               &e);
    error_must(check_out(x, &e), &e);
    model_open(x->model, &m, &tok);
    char *name = name_of(x->model);
    enum err code = model_gguf_write(x->out, name, m, tok, types[first + type], &sizes, &e);
    if (code == ERR_VALUE) error_in(&e, code, x->model);
    error_must(code, &e);
    note(tok);
    printf("%s: %d tensors, %zu weights of %.2f bits, %zu bytes\n", x->out, sizes.tensors,
           sizes.weights, 8 * (double)sizes.bytes / (double)sizes.weights, sizes.bytes);
    if (sizes.unfit)
        printf("%d tensors are F16: their rows are not whole blocks of 32\n", sizes.unfit);
    free(name);
    tokenizer_free(tok);
    gpt_free(m);
    return command_end();
}

int command_export(int argc, char **argv)
{
    struct exporting x = {.model = "runs/latest", .out = "", .option = "gguf", .type = "f32"};
    const struct option_spec specs[] = {
        {"model", OPTION_STRING, &x.model, 1, 0, "DIR", "a trained model, or a GGUF", 0},
        {"gguf", OPTION_STRING, &x.out, 1, 0, "FILE", "the file to write, for llama.cpp", 0},
        {"type", OPTION_STRING, &x.type, 1, 0, "NAME", "of the matrices: f32, f16, q8_0 or q4_0",
         0},
        {"overwrite", OPTION_FLAG, &x.overwrite, 0, 0, NULL, "replace a file that is there", 0},
    };
    const struct command c = {"export", "Writes a model for llama.cpp: one GGUF file.",
                              "--model DIR --gguf FILE [options]", specs, COUNT_OF(specs)};
    commands_arguments(&c, argc, argv, 0);
    return export_model(&x);
}

int command_quantize(int argc, char **argv)
{
    struct exporting x = {
        .model = "runs/latest", .out = "", .option = "out", .type = "q8_0", .rounded = 1};
    const struct option_spec specs[] = {
        {"model", OPTION_STRING, &x.model, 1, 0, "DIR", "a trained model, or a GGUF", 0},
        {"type", OPTION_STRING, &x.type, 1, 0, "NAME",
         "8 bits a weight and a scale for 32 of them, q8_0; or 4 bits, q4_0", 0},
        {"out", OPTION_STRING, &x.out, 1, 0, "FILE", "the GGUF to write", 0},
        {"overwrite", OPTION_FLAG, &x.overwrite, 0, 0, NULL, "replace a file that is there", 0},
    };
    const struct command c = {"quantize", "Rounds a model's weights to 8 or 4 bits.",
                              "--model DIR --type q8_0|q4_0 --out FILE", specs, COUNT_OF(specs)};
    commands_arguments(&c, argc, argv, 0);
    return export_model(&x);
}
