#include "commands.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "checkpoint.h"
#include "config_file.h"
#include "dataset.h"
#include "evaluate.h"
#include "file.h"
#include "generate.h"
#include "inspect.h"
#include "model_file.h"
#include "options.h"
#include "plot.h"
#include "progress.h"
#include "threads.h"
#include "tokenize.h"
#include "tokenizer_file.h"

#define COUNT_OF(array) ((int)(sizeof(array) / sizeof *(array)))

int command_end(void)
{
    int failed = fflush(stdout) != 0 || ferror(stdout);
    if (failed) fprintf(stderr, "gpt: standard output: cannot write\n");
    return failed;
}

// arguments reads a command's options; it ends the program after --help and after a mistake.
// Words that are no options are moved to argv[1 …]; there must be `words` of them.
static void arguments(const struct command *c, int argc, char **argv, int words)
{
    struct error e;
    int given[OPTIONS_MAX], help, count;
    error_must(options_parse(c, argc, argv, given, &help, &count, &e), &e);
    if (help) exit(command_end());
    if (count == words) return;
    error_must(error_set(&e, ERR_VALUE, "%s: expected %s, found %d; usage: gpt %s %s", c->name,
                         words ? "one name" : "options only", count, c->name, c->usage),
               &e);
}

// model_open reads the model of a command.
static void model_open(const char *dir, struct gpt **m, struct tokenizer **tok)
{
    struct error e;
    enum err code = model_read(dir, m, tok, &e);
    char *config = file_path(dir, CONFIG_FILE);
    if (code && !file_exists(config))
        error_set(&e, code, "%s: no model there; --model DIR names one, `gpt train` makes one",
                  dir);
    free(config);
    error_must(code, &e);
}

// unescaped returns text, in memory from malloc, with \n, \t and \\ read as in C: shells make a
// new line hard to write.
static char *unescaped(const char *text)
{
    char *out = malloc(strlen(text) + 1), *to = out;
    if (!out) die("out of memory: a text");
    for (; *text; text++) {
        if (*text == '\\' && text[1] && strchr("nt\\", text[1])) {
            text++;
            *to++ = *text == 'n' ? '\n' : *text == 't' ? '\t' : '\\';
        } else {
            *to++ = *text;
        }
    }
    *to = 0;
    return out;
}

// --- generate --------------------------------------------------------------------------------

int command_generate(int argc, char **argv)
{
    const char *dir = "runs/latest";
    int threads = 0, speed = 0, count;
    struct generation g = {
        .sampling = {.temperature = 0.8f, .top_p = 1}, .prompt = "\n", .stop = "", .tokens = 200};
    const struct option_spec specs[] = {
        {"prompt", OPTION_STRING, &g.prompt, 0, 0, "TEXT", "what to go on from; \\n is a new line",
         0},
        {"tokens", OPTION_INT, &g.tokens, 1, 1 << 24, "N", "most tokens to write", 0},
        {"stop", OPTION_STRING, &g.stop, 0, 0, "TEXT",
         "end before this text; \\n\\n is a blank line", 0},
        {"temperature", OPTION_FLOAT, &g.sampling.temperature, 0, 100, "X",
         "0 takes the likeliest, 1 is as learned, more is wilder", 0},
        {"top-k", OPTION_INT, &g.sampling.top_k, 0, 1 << 24, "N", "only the N likeliest; 0 for all",
         0},
        {"top-p", OPTION_FLOAT, &g.sampling.top_p, 0, 1, "X",
         "only the likeliest that make up this share", 0},
        {"seed", OPTION_SEED, &g.seed, 0, 0, "N", "of the dice", 0},
        {"model", OPTION_STRING, &dir, 1, 0, "DIR", "a trained model", 0},
        {"speed", OPTION_FLAG, &speed, 0, 0, NULL, "print tokens per second on stderr", 0},
        {"threads", OPTION_INT, &threads, 0, 4096, "N", "threads; 0 for as many as cores", 0},
    };
    const struct command c = {"generate", "Lets a trained GPT write.", "[options]", specs,
                              COUNT_OF(specs)};
    arguments(&c, argc, argv, 0);
    if (threads) threads_use(threads);
    struct error e;
    struct gpt *m;
    struct tokenizer *tok;
    model_open(dir, &m, &tok);
    char *prompt = unescaped(g.prompt), *stop = unescaped(g.stop);
    g.prompt = prompt, g.stop = stop;
    double begin = clock_seconds();
    error_must(generate_text(m, tok, &g, stdout, &count, &e), &e);
    putchar('\n');
    if (speed) fprintf(stderr, "%d tokens, %.1f/s\n", count, count / (clock_seconds() - begin));
    free(prompt);
    free(stop);
    tokenizer_free(tok);
    gpt_free(m);
    return command_end();
}

// --- eval ------------------------------------------------------------------------------------

int command_eval(int argc, char **argv)
{
    const char *dir = "runs/latest", *data = NULL, *which = "val";
    int threads = 0;
    const struct option_spec specs[] = {
        {"data", OPTION_STRING, &data, 1, 0, "WHAT",
         "text file, directory, or name of a data set; else what it was trained on", 0},
        {"part", OPTION_STRING, &which, 1, 0, "PART", "val or train", 0},
        {"model", OPTION_STRING, &dir, 1, 0, "DIR", "a trained model", 0},
        {"threads", OPTION_INT, &threads, 0, 4096, "N", "threads; 0 for as many as cores", 0},
    };
    const struct command c = {"eval", "Measures a trained GPT on text.", "[options]", specs,
                              COUNT_OF(specs)};
    arguments(&c, argc, argv, 0);
    if (threads) threads_use(threads);
    struct error e;
    struct gpt *m;
    struct tokenizer *tok;
    struct dataset d;
    if (strcmp(which, "val") != 0 && strcmp(which, "train") != 0)
        error_must(error_set(&e, ERR_VALUE, "--part %s: expected val or train", which), &e);
    model_open(dir, &m, &tok);
    struct arena *a = arena_new();
    if (!data) data = checkpoint_data(dir, a);
    if (!data)
        error_must(
            error_set(&e, ERR_VALUE, "%s: does not say what it was trained on: --data does", dir),
            &e);
    error_must(dataset_read(data, &d, &e), &e);
    const struct part *p = strcmp(which, "val") == 0 ? &d.val : &d.train;
    int32_t *ids;
    size_t n;
    error_must(dataset_in(&e, tokenizer_encode(tok, p->size, p->bytes, &ids, &n, &e), p), &e);
    if (n < 2)
        error_must(error_set(&e, ERR_VALUE, "%s: %zu tokens: expected at least 2", p->path, n), &e);
    struct tape *t = tape_new();
    double nats = evaluate_loss(m, t, n, ids, 0);
    printf("%s of %s: %zu bytes, %zu tokens\n", which, data, p->size, n);
    printf("bits/byte %.4f", bits_per_byte(nats, n, p->size));
    if (!isnan(p->floor)) printf(" (floor %.4f)", p->floor);
    printf("\nloss %.4f\nperplexity %.2f\n", nats, exp(nats));
    tape_free(t);
    free(ids);
    arena_free(a);
    dataset_free(&d);
    tokenizer_free(tok);
    gpt_free(m);
    return command_end();
}

// --- tokenize --------------------------------------------------------------------------------

// struct tokenizing: the options of a command that many things can be asked of.
struct tokenizing {
    const char *path, *learn, *save, *text, *file;
    int tokens, ids, bars, count, decode;
};

// tokenizing_check refuses options that contradict each other.
static enum err tokenizing_check(const struct tokenizing *o, struct error *e)
{
    if (o->text && o->file)
        return error_set(e, ERR_VALUE, "--text and --file: expected one of them");
    if (o->path && o->learn)
        return error_set(e, ERR_VALUE, "--tokenizer and --learn: expected one of them");
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

int command_tokenize(int argc, char **argv)
{
    struct tokenizing o = {.tokens = 1024};
    const struct option_spec specs[] = {
        {"text", OPTION_STRING, &o.text, 0, 0, "TEXT", "the text", 0},
        {"file", OPTION_STRING, &o.file, 1, 0, "FILE",
         "read the text here; else, and for -, from standard input", 0},
        {"tokenizer", OPTION_STRING, &o.path, 1, 0, "PATH",
         "a tokenizer.json, or a directory with one or with vocab.json and merges.txt; else "
         "runs/latest",
         0},
        {"learn", OPTION_STRING, &o.learn, 1, 0, "FILE", "learn byte pairs from this text instead",
         0},
        {"vocab", OPTION_INT, &o.tokens, 257, 1 << 24, "N", "tokens to learn", 0},
        {"save", OPTION_STRING, &o.save, 1, 0, "DIR",
         "write vocab.json and merges.txt there; alone, it asks for no text", 0},
        {"ids", OPTION_FLAG, &o.ids, 0, 0, NULL, "print ids only, one a line", 0},
        {"bars", OPTION_FLAG, &o.bars, 0, 0, NULL, "print the text with a bar between tokens", 0},
        {"count", OPTION_FLAG, &o.count, 0, 0, NULL, "print the count only", 0},
        {"decode", OPTION_FLAG, &o.decode, 0, 0, NULL, "the text is ids; print what they say", 0},
    };
    const struct command c = {"tokenize", "Shows how text becomes tokens.", "[options]", specs,
                              COUNT_OF(specs)};
    arguments(&c, argc, argv, 0);
    struct error e;
    struct tokenizer *tok;
    error_must(tokenizing_check(&o, &e), &e);
    if (o.learn)
        error_must(tokenize_learn(o.learn, o.tokens, &tok, &e), &e);
    else
        error_must(tokenizer_file_read(o.path ? o.path : "runs/latest", &tok, &e), &e);
    if (o.save) error_must(tokenize_save(o.save, tok, &e), &e);
    if (!o.save || o.text || o.file) {
        char *bytes;
        size_t size;
        const char *from;
        error_must(tokenizing_text(&o, &bytes, &size, &from, &e), &e);
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

// --- inspect and plot ------------------------------------------------------------------------

int command_inspect(int argc, char **argv)
{
    const struct command c = {"inspect", "Shows what is in a checkpoint: a directory or a file.",
                              "DIR|FILE.safetensors", NULL, 0};
    arguments(&c, argc, argv, 1);
    struct error e;
    error_must(file_is_directory(argv[1]) ? inspect_model(argv[1], &e) : inspect_file(argv[1], &e),
               &e);
    return command_end();
}

int command_plot(int argc, char **argv)
{
    int terminal = 0;
    const struct option_spec specs[] = {
        {"terminal", OPTION_INT, &terminal, 0, 1000, "N", "print it too, N characters wide", 0},
    };
    const struct command c = {"plot", "Draws the loss of a run as DIR/loss.svg.", "[options] DIR",
                              specs, COUNT_OF(specs)};
    arguments(&c, argc, argv, 1);
    struct error e;
    error_must(plot_loss(argv[1], terminal, &e), &e);
    return command_end();
}
