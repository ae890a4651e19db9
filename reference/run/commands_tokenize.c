#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "commands.h"
#include "commands_parts.h"
#include "file.h"
#include "tokenize.h"
#include "tokenizer_file.h"

// struct tokenizing: the options of a command that many things can be asked of.
struct tokenizing {
    const char *path, *learn, *save, *text, *file;
    int chars, tokens, ids, bars, count, decode;
};

// tokenizing_check refuses options that contradict each other.
static enum err tokenizing_check(const struct tokenizing *o, struct error *e)
{
    if (o->text && o->file)
        return error_set(e, ERR_VALUE, "--text and --file: expected one of them");
    if ((o->path != NULL) + (o->learn != NULL) + o->chars > 1)
        return error_set(e, ERR_VALUE, "--tokenizer, --learn, --chars: expected one of them");
    // A text has to be there before it has characters.
    if (o->chars && (o->save || o->decode))
        return error_set(e, ERR_VALUE, "--chars and --%s: expected one of them",
                         o->save ? "save" : "decode");
    if (o->ids + o->bars + o->count + o->decode > 1)
        return error_set(e, ERR_VALUE, "--ids, --bars, --count, --decode: expected one of them");
    return ERR_NONE;
}

// tokenizing_text reads the text, in memory from malloc, and says in *from where it was.
static enum err tokenizing_text(const struct tokenizing *o, char **bytes, size_t *size,
                                const char **from, struct error *e)
{
    *from = o->text ? "--text" : o->file && strcmp(o->file, "-") != 0 ? o->file : "/dev/stdin";
    if (!o->text) return file_read(*from, bytes, size, e);
    *size = strlen(o->text);
    *bytes = malloc(*size + 1);
    if (!*bytes) die("out of memory: a text");
    memcpy(*bytes, o->text, *size + 1);
    return ERR_NONE;
}

// print_decoded prints the text of the ids that `bytes` says.
static enum err print_decoded(const struct tokenizer *tok, size_t size, const char *bytes,
                              struct error *e)
{
    int32_t *ids;
    size_t n, length;
    enum err code = tokenize_ids(tok, size, bytes, &ids, &n, e);
    if (code) return code;
    char *text = tokenizer_decode(tok, n, ids, &length);
    fwrite(text, 1, length, stdout);
    free(text);
    free(ids);
    return ERR_NONE;
}

static enum err print_tokens(const struct tokenizing *o, const struct tokenizer *tok, size_t size,
                             const char *bytes, struct error *e)
{
    int32_t *ids;
    size_t n;
    enum err code = tokenizer_encode(tok, size, bytes, &ids, &n, e);
    if (code) return code;
    enum tokenize_form form = o->ids ? TOKENIZE_IDS : o->bars ? TOKENIZE_BARS : TOKENIZE_TABLE;
    if (!o->count) tokenize_print(tok, n, ids, form, stdout);
    if (!o->ids) printf("%zu bytes, %zu tokens\n", size, n);
    free(ids);
    return ERR_NONE;
}

// characters_of is the tokenizer of a text's own characters.
static enum err characters_of(size_t size, const char *text, struct tokenizer **tok,
                              struct error *e)
{
    struct chars *c;
    enum err code = chars_new(size, text, &c, e);
    if (!code) *tok = tokenizer_of_chars(c);
    return code;
}

int command_tokenize(int argc, char **argv)
{
    struct tokenizing o = {.tokens = 1024};
    const struct option_spec specs[] = {
        {"text", OPTION_STRING, &o.text, 0, 0, "TEXT", "the text", 0},
        {"file", OPTION_STRING, &o.file, 1, 0, "FILE",
         "read the text here; else, and for -, from standard input", 0},
        {"tokenizer", OPTION_STRING, &o.path, 1, 0, "PATH",
         "a tokenizer.json, tokenizer.bin or GGUF, or a directory with one, or vocab.json and "
         "merges.txt; else runs/latest",
         0},
        {"learn", OPTION_STRING, &o.learn, 1, 0, "FILE", "learn byte pairs from this text instead",
         0},
        {"vocab", OPTION_INT, &o.tokens, 257, 1 << 24, "N", "tokens to learn", 0},
        {"save", OPTION_STRING, &o.save, 1, 0, "DIR",
         "write vocab.json and merges.txt there, or Llama's tokenizer.json; alone, it asks for no "
         "text",
         0},
        {"chars", OPTION_FLAG, &o.chars, 0, 0, NULL,
         "one token for each character of the text instead", 0},
        {"ids", OPTION_FLAG, &o.ids, 0, 0, NULL, "print ids only, one a line", 0},
        {"bars", OPTION_FLAG, &o.bars, 0, 0, NULL, "print the text with a bar between tokens", 0},
        {"count", OPTION_FLAG, &o.count, 0, 0, NULL, "print the count only", 0},
        {"decode", OPTION_FLAG, &o.decode, 0, 0, NULL, "the text is ids; print what they say", 0},
    };
    const struct command c = {"tokenize", "Shows how text becomes tokens.", "[options]", specs,
                              COUNT_OF(specs)};
    commands_arguments(&c, argc, argv, 0);
    struct error e;
    struct tokenizer *tok = NULL;
    error_must(tokenizing_check(&o, &e), &e);
    if (o.learn)
        error_must(tokenize_learn(o.learn, o.tokens, &tok, &e), &e);
    else if (!o.chars)
        error_must(tokenizer_file_read(o.path ? o.path : "runs/latest", &tok, &e), &e);
    if (o.save) error_must(tokenize_save(o.save, tok, &e), &e);
    if (!o.save || o.text || o.file) {
        char *bytes;
        size_t size;
        const char *from;
        error_must(tokenizing_text(&o, &bytes, &size, &from, &e), &e);
        if (o.chars) error_must(error_in(&e, characters_of(size, bytes, &tok, &e), from), &e);
        error_must(error_in(&e,
                            o.decode ? print_decoded(tok, size, bytes, &e)
                                     : print_tokens(&o, tok, size, bytes, &e),
                            from),
                   &e);
        free(bytes);
    }
    tokenizer_free(tok);
    return command_end();
}
