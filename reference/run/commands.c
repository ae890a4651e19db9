#include "commands.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "checkpoint.h"
#include "commands_parts.h"
#include "compare.h"
#include "config_file.h"
#include "dataset.h"
#include "evaluate.h"
#include "file.h"
#include "gguf.h"
#include "inspect.h"
#include "model_file.h"
#include "ngram_run.h"
#include "options.h"
#include "plot.h"
#include "progress.h"
#include "recall.h"
#include "threads.h"
#include "train_options.h"

int command_end(void)
{
    int failed = fflush(stdout) != 0 || ferror(stdout);
    if (failed) fprintf(stderr, "gpt: standard output: cannot write\n");
    return failed;
}

void commands_arguments(const struct command *c, int argc, char **argv, int words)
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

int read_numbers(const char *text, int most, float *x)
{
    int n = 0;
    text += strspn(text, " ");
    while (*text) {
        int size = 0;
        if (n == most || sscanf(text, "%f%n", &x[n], &size) != 1 || !isfinite(x[n])) return 0;
        text += size;
        text += strspn(text, " ");
        n++;
    }
    return n;
}

// must_read ends the program where no model was read.
static void must_read(const char *dir, enum err code, struct error *e)
{
    char *config = file_path(dir, CONFIG_FILE);
    if (code && !gguf_is(dir) && !file_exists(config))
        error_set(e, code, "%s: no model there; --model DIR names one, `gpt train` makes one", dir);
    free(config);
    error_must(code, e);
}

void model_open(const char *dir, struct gpt **m, struct tokenizer **tok)
{
    struct error e;
    must_read(dir, model_read(dir, m, tok, &e), &e);
}

void model_open_frozen(const char *dir, struct gpt **m, struct tokenizer **tok)
{
    struct error e;
    must_read(dir, model_frozen(dir, m, tok, &e), &e);
}

enum err model_place(const char *dir, struct error *e)
{
    char *path = file_path(dir, CONFIG_FILE);
    int taken = file_exists(path);
    free(path);
    if (!taken) return ERR_NONE;
    return error_set(e, ERR_MATCH, "%s: holds a model already; another --out leaves it alone", dir);
}

enum err model_save(const char *dir, const struct gpt *m, const struct tokenizer *tok,
                    struct error *e)
{
    enum err code = file_make_directory(dir, e);
    if (!code) code = model_describe(dir, gpt_config(m), tok, e);
    if (!code) code = model_stage(dir, m, tok, 0, e);
    if (!code) code = model_publish_description(dir, e);
    if (!code) code = model_publish(dir, e);
    if (code) model_withdraw(dir);
    return code;
}

char *unescaped(const char *text)
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

// --- eval ------------------------------------------------------------------------------------

// judged_by reads the data set to judge by: the one that was asked for, or what the model in dir
// was trained on.  Returns its name, which may lie in a.
static const char *judged_by(const char *dir, const char *data, struct arena *a, struct dataset *d)
{
    struct error e;
    if (!data) data = checkpoint_data(dir, a);
    if (!data)
        error_must(
            error_set(&e, ERR_VALUE, "%s: does not say what it was trained on: --data does", dir),
            &e);
    error_must(dataset_read(data, d, &e), &e);
    return data;
}

static void print_loss(const struct part *p, size_t n, double nats)
{
    printf("bits/byte %.4f", bits_per_byte(nats, n, p->size));
    if (!isnan(p->floor)) printf(" (floor %.4f)", p->floor);
    printf("\nloss %.4f\nperplexity %.2f\n", nats, exp(nats));
}

// print_recall scores a text by a model and by a memory beside it.
static void print_recall(struct recall *r, const struct gpt *m, struct tape *t, size_t n,
                         const int32_t *ids, size_t bytes)
{
    struct recall_loss loss = recall_evaluate(r, m, t, n, ids);
    const struct {
        const char *name;
        double nats;
    } row[] = {{"model", loss.own}, {"memory", loss.memory}, {"both", loss.mixed}};
    printf("%zu tokens remembered\n", r->count);
    printf("%-8s%10s%8s%12s\n", "", "bits/byte", "loss", "perplexity");
    for (int i = 0; i < COUNT_OF(row); i++)
        printf("%-8s%10.4f%8.4f%12.2f\n", row[i].name, bits_per_byte(row[i].nats, n, bytes),
               row[i].nats, exp(row[i].nats));
    printf("the memory's share, by tokens it has met in a row:");
    for (int i = 0; i <= r->kind->longest; i++) printf(" %.2f", (double)r->share[i]);
    putchar('\n');
}

int command_eval(int argc, char **argv, const struct recall_kind *kind)
{
    const char *memory = "";
    float share = RECALL_SHARE;
    const char *dir = "runs/latest", *data = NULL, *which = "val", *attention = "maps";
    int threads = 0, context = 0;
    const struct option_spec specs[] = {
        {"data", OPTION_STRING, &data, 1, 0, "WHAT",
         "text file, directory, or name of a data set; else what it was trained on", 0},
        {"part", OPTION_STRING, &which, 1, 0, "PART", "val or train", 0},
        {"model", OPTION_STRING, &dir, 1, 0, "DIR",
         "a trained model, or a GGUF, whose blocks become floats", 0},
        {"context", OPTION_INT, &context, 0, 1 << 20, "N",
         "tokens it sees at once; 0 for as many as it was trained with", 0},
        RECALL_SPECS(memory, share),
        {"attention", OPTION_STRING, &attention, 1, 0, "HOW",
         ATTENTION_NAMES ": flash keeps no maps, for a long context", 0},
        {"threads", OPTION_INT, &threads, 0, 4096, "N", "threads; 0 for as many as cores", 0},
    };
    const struct command c = {"eval", "Measures a trained GPT on text.", "[options]", specs,
                              COUNT_OF(specs)};
    commands_arguments(&c, argc, argv, 0);
    if (threads) threads_use(threads);
    struct error e;
    struct gpt *m;
    struct tokenizer *tok;
    struct dataset d;
    enum gpt_attention how;
    error_must(train_options_attention(attention, &how, &e), &e);
    if (strcmp(which, "val") != 0 && strcmp(which, "train") != 0)
        error_must(error_set(&e, ERR_VALUE, "--part %s: expected val or train", which), &e);
    model_open(dir, &m, &tok);
    gpt_set_attention(m, how);
    if (context) error_must(error_in(&e, gpt_set_context(m, context, &e), dir), &e);
    struct arena *a = arena_new();
    data = judged_by(dir, data, a, &d);
    const struct part *p = strcmp(which, "val") == 0 ? &d.val : &d.train;
    int32_t *ids;
    size_t n;
    error_must(dataset_in(&e, tokenizer_encode(tok, p->size, p->bytes, &ids, &n, &e), p), &e);
    if (n < 2)
        error_must(error_set(&e, ERR_VALUE, "%s: %zu tokens: expected at least 2", p->path, n), &e);
    struct tape *t = tape_new();
    struct recall r = {0};
    if (*memory) error_must(recall_open(kind, memory, tok, share, &r, &e), &e);
    printf("%s of %s: %zu bytes, %zu tokens\n", which, data, p->size, n);
    if (*memory)
        print_recall(&r, m, t, n, ids, p->size);
    else
        print_loss(p, n, evaluate_loss(m, t, n, ids, 0));
    recall_close(&r);
    tape_free(t);
    free(ids);
    arena_free(a);
    dataset_free(&d);
    tokenizer_free(tok);
    gpt_free(m);
    return command_end();
}

// --- ngram -----------------------------------------------------------------------------------

int command_ngram(int argc, char **argv)
{
    const char *prompt = "\\n";
    struct train_options o = {.data = "stories", .tokenizer = "chars", .vocab = 1024};
    int order = 3, both = 0, tokens = 0;
    const struct option_spec specs[] = {
        {"data", OPTION_STRING, &o.data, 1, 0, "WHAT",
         "text file, directory, or name of a data set", 0},
        {"order", OPTION_INT, &order, 1, 64, "N", "length of the longest rows counted", 0},
        {"tokenizer", OPTION_STRING, &o.tokenizer, 1, 0, "KIND",
         "chars, bpe, or a tokenizer.json to use", 0},
        {"vocab", OPTION_INT, &o.vocab, 257, 1 << 24, "N", "tokens of a bpe", 0},
        {"train", OPTION_FLAG, &both, 0, 0, NULL, "score the text that was counted, too", 0},
        {"generate", OPTION_INT, &tokens, 0, 1 << 24, "N", "write N tokens instead of the table",
         0},
        {"prompt", OPTION_STRING, &prompt, 0, 0, "TEXT", "what to go on from; \\n is a new line",
         0},
        {"seed", OPTION_SEED, &o.seed, 0, 0, "N", "of the dice", 0},
    };
    const struct command c = {"ngram", "Counts what follows what in a text; predicts with that.",
                              "[options]", specs, COUNT_OF(specs)};
    commands_arguments(&c, argc, argv, 0);
    struct error e;
    struct ngram_run r;
    error_must(ngram_run_open(order, &o, &r, &e), &e);
    if (tokens) {
        char *from = unescaped(prompt);
        error_must(ngram_run_write(&r, from, tokens, o.seed, stdout, &e), &e);
        putchar('\n');
        free(from);
    } else {
        printf("%s: ", o.data);
        ngram_run_table(&r, both, stdout);
    }
    ngram_run_close(&r);
    return command_end();
}

// --- inspect and plot ------------------------------------------------------------------------

int command_inspect(int argc, char **argv)
{
    const struct command c = {"inspect", "Shows what is in a checkpoint: a directory or a file.",
                              "DIR|FILE.safetensors|FILE.gguf", NULL, 0};
    commands_arguments(&c, argc, argv, 1);
    struct error e;
    error_must(file_is_directory(argv[1]) ? inspect_model(argv[1], &e)
               : gguf_is(argv[1])         ? inspect_gguf(argv[1], &e)
                                          : inspect_file(argv[1], &e),
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
    commands_arguments(&c, argc, argv, 1);
    struct error e;
    error_must(plot_loss(argv[1], terminal, &e), &e);
    return command_end();
}

int command_compare(int argc, char **argv)
{
    float spread = COMPARE_SPREAD;
    const struct option_spec specs[] = {
        {"spread", OPTION_FLOAT, &spread, 0, 100, "X",
         "bits per byte that the last validations may be apart", 0},
    };
    const struct command c = {"compare", "Tells whether two runs of the same setting agree.",
                              "[options] DIR DIR", specs, COUNT_OF(specs)};
    commands_arguments(&c, argc, argv, 2);
    struct error e;
    int agree;
    error_must(compare_runs(argv[1], argv[2], (double)spread, stdout, &agree, &e), &e);
    int status = command_end();
    return agree ? status : 1;
}
