// commands_generate: generate and chat.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "best_of.h"
#include "chat.h"
#include "commands.h"
#include "commands_parts.h"
#include "ride.h"
#include "threads.h"
#include "tokenize.h"
#include "train_options.h"
#include "writer.h"

// print_scores prints the highest scores of what may follow the prompt, with id and token.
static void print_scores(const struct gpt *m, const struct tokenizer *tok, const char *prompt,
                         int most)
{
    struct error e;
    int32_t *ids;
    size_t n;
    int V = tokenizer_vocab(tok);
    error_must(
        error_in(&e, tokenizer_encode(tok, strlen(prompt), prompt, &ids, &n, &e), "the prompt"),
        &e);
    if (n == 0 || n > INT32_MAX)
        error_must(error_set(&e, ERR_VALUE, "the prompt has %zu tokens: expected at least one", n),
                   &e);
    struct arena *a = arena_new();
    struct tape *t = tape_new();
    float *score = arena_floats(a, (size_t)V);
    memcpy(score, writer_next(m, t, (int)n, ids), (size_t)V * sizeof *score);
    for (int i = 0; i < V && i < most; i++) {
        int32_t id = ride_argmax(V, score);
        printf("%.2f\t%d\t", (double)score[id], id);
        tokenize_show(tok, id, stdout);
        putchar('\n');
        score[id] = -INFINITY;
    }
    tape_free(t);
    arena_free(a);
    free(ids);
}

// unescape_all reads the texts of a list as unescaped does.
static void unescape_all(struct option_list *list)
{
    for (int i = 0; i < list->count; i++) list->text[i] = unescaped(list->text[i]);
}

static void free_all(struct option_list *list)
{
    for (int i = 0; i < list->count; i++) free((void *)(uintptr_t)list->text[i]);
}

// print_speed prints rates of reading and of writing.
static void print_speed(const struct writer_times *t)
{
    fprintf(stderr, "prompt: %d tokens, %.1f/s\n", t->prompt_tokens,
            t->prompt_tokens / t->prompt_seconds);
    fprintf(stderr, "%d tokens, %.1f/s\n", t->written, t->tokens ? t->tokens / t->seconds : 0);
}

// write_one writes a text, or the best of several.
static void write_one(const struct gpt *m, const struct tokenizer *tok, const struct writing *g,
                      const struct best_of *b, const char *prompt, int speed)
{
    struct error e;
    struct writer_times times;
    struct best_found f;
    if (b->count == 1) {
        error_must(writer_text(m, tok, g, prompt, stdout, &times, &e), &e);
    } else {
        error_must(best_of_text(m, tok, g, b, prompt, stdout, &f, &e), &e);
        times = f.times;
    }
    putchar('\n');
    if (b->count > 1 && b->judge == JUDGE_MAJORITY)
        fprintf(stderr, "%d of %d are this\n", f.agree, b->count);
    else if (b->count > 1)
        fprintf(stderr, "number %d of %d: %.4f nats a token, of %.4f to %.4f\n", f.which + 1,
                b->count, f.nats, f.least, f.most);
    if (speed) print_speed(&times);
}

// check_judge sees to it that the options that are about several texts go together.
static enum err check_judge(const struct best_of *b, const struct writing *g, const char *memory,
                            int scores, struct error *e)
{
    if (b->count > 1 && g->sampling.temperature == 0)
        return error_set(e, ERR_VALUE, "--best-of %d: at --temperature 0 all texts are the same",
                         b->count);
    if (b->judge == JUDGE_MEMORY && !*memory)
        return error_set(e, ERR_VALUE, "--judge memory: expected --memory, a text to judge by");
    if (scores && (*memory || b->count > 1))
        return error_set(e, ERR_VALUE, "--scores: they are the model's own: expected no --%s",
                         *memory ? "memory" : "best-of");
    return ERR_NONE;
}

// The options that both commands have.
#define SAMPLING_SPECS(s)                                                                         \
    {"temperature",                                                                               \
     OPTION_FLOAT,                                                                                \
     &(s).temperature,                                                                            \
     0,                                                                                           \
     100,                                                                                         \
     "X",                                                                                         \
     "0 takes the likeliest, 1 is as learned, more is wilder",                                    \
     0},                                                                                          \
        {"top-k", OPTION_INT, &(s).top_k, 0, 1 << 24, "N", "only the N likeliest; 0 for all", 0}, \
        {"top-p",                                                                                 \
         OPTION_FLOAT,                                                                            \
         &(s).top_p,                                                                              \
         0,                                                                                       \
         1,                                                                                       \
         "X",                                                                                     \
         "of these only the likeliest that make up this share",                                   \
         0},                                                                                      \
        {"min-p",                                                                                 \
         OPTION_FLOAT,                                                                            \
         &(s).min_p,                                                                              \
         0,                                                                                       \
         1,                                                                                       \
         "X",                                                                                     \
         "of these only those at least X times as likely as the likeliest",                       \
         0},                                                                                      \
        {"repeat-penalty",                                                                        \
         OPTION_FLOAT,                                                                            \
         &(s).repeat_penalty,                                                                     \
         0.01,                                                                                    \
         100,                                                                                     \
         "X",                                                                                     \
         "above 1: tokens that came before become less likely",                                   \
         0},                                                                                      \
    {                                                                                             \
        "repeat-last", OPTION_INT, &(s).repeat_last, 0, 1 << 24, "N",                             \
            "only those among the last N; 0 for all in the context", 0                            \
    }

int command_generate(int argc, char **argv, const struct recall_kind *kind)
{
    static const char *const JUDGES[] = {"model", "memory", "majority"};
    const char *memory = "", *judge = "model";
    float share = RECALL_SHARE;
    struct recall recall = {0};
    struct best_of best = {.count = 1, .memory = &recall};
    const char *dir = "runs/latest", *from = "\n", *attention = "maps";
    int threads = 0, speed = 0, scores = 0;
    struct option_list stop = {0};
    struct writing g = {.sampling = {.temperature = 0.8f, .top_p = 1, .repeat_penalty = 1},
                        .tokens = 200,
                        .forget = 1};
    const struct option_spec specs[] = {
        {"prompt", OPTION_STRING, &from, 0, 0, "TEXT", "what to go on from; \\n is a new line", 0},
        {"tokens", OPTION_INT, &g.tokens, 1, 1 << 24, "N", "most tokens to write", 0},
        {"stop", OPTION_LIST, &stop, 0, 0, "TEXT",
         "end before this text; \\n\\n is a blank line; may be given several times", 0},
        SAMPLING_SPECS(g.sampling),
        {"seed", OPTION_SEED, &g.seed, 0, 0, "N", "of the dice", 0},
        {"model", OPTION_STRING, &dir, 1, 0, "DIR",
         "a trained model, or a GGUF, which runs in the bits it has", 0},
        RECALL_SPECS(memory, share),
        {"best-of", OPTION_INT, &best.count, 1, 1 << 16, "N", "write N texts, and show the best",
         0},
        {"judge", OPTION_STRING, &judge, 1, 0, "WHO",
         JUDGE_NAMES ": which is the best; a memory that judges mixes nothing in", 0},
        {"scores", OPTION_INT, &scores, 0, 1 << 24, "N",
         "write nothing; print the N highest scores of what may come next", 0},
        {"stream", OPTION_FLAG, &g.stream, 0, 0, NULL,
         "show each token as it comes, as on a terminal", 0},
        {"forget", OPTION_INT, &g.forget, 1, 1 << 24, "N",
         "when the context is full, forget N tokens at once", 0},
        {"no-cache", OPTION_FLAG, &g.uncached, 0, 0, NULL, "compute everything for each token", 0},
        {"attention", OPTION_STRING, &attention, 1, 0, "HOW",
         ATTENTION_NAMES ", where there is no cache; with it there are no maps", 0},
        {"speed", OPTION_FLAG, &speed, 0, 0, NULL, "print tokens per second on stderr", 0},
        {"threads", OPTION_INT, &threads, 0, 4096, "N", "threads; 0 for as many as cores", 0},
    };
    const struct command c = {"generate", "Lets a trained GPT write.", "[options]", specs,
                              COUNT_OF(specs)};
    commands_arguments(&c, argc, argv, 0);
    if (threads) threads_use(threads);
    struct error e;
    struct gpt *m;
    struct tokenizer *tok;
    enum gpt_attention how;
    int who = JUDGE_MODEL;
    error_must(train_options_attention(attention, &how, &e), &e);
    error_must(option_choice("judge", judge, 3, JUDGES, JUDGE_NAMES, &who, &e), &e);
    best.judge = (enum judge)who;
    error_must(check_judge(&best, &g, memory, scores, &e), &e);
    model_open_frozen(dir, &m, &tok);
    gpt_set_attention(m, how);
    char *prompt = unescaped(from);
    unescape_all(&stop);
    g.stop = stop.text, g.stops = stop.count;
    g.stream |= isatty(STDOUT_FILENO);
    if (*memory) {
        error_must(recall_open(kind, memory, tok, share, &recall, &e), &e);
        if (best.judge != JUDGE_MEMORY) g.recall = &recall;
    }
    if (scores)
        print_scores(m, tok, prompt, scores);
    else
        write_one(m, tok, &g, &best, prompt, speed);
    recall_close(&recall);
    free(prompt);
    free_all(&stop);
    tokenizer_free(tok);
    gpt_free(m);
    return command_end();
}

int command_chat(int argc, char **argv)
{
    const char *dir = "runs/latest", *start = "", *user = "\n", *reply = "";
    int threads = 0, forget = 0;
    struct option_list stop = {0};
    struct chat chat = {
        .writing = {.sampling = {.temperature = 0.8f, .top_p = 1, .repeat_penalty = 1},
                    .tokens = 200,
                    .stream = 1}};
    struct writing *g = &chat.writing;
    const struct option_spec specs[] = {
        {"system", OPTION_STRING, &start, 0, 0, "TEXT", "what the text begins with", 0},
        {"user", OPTION_STRING, &user, 0, 0, "TEXT", "what stands before each of your lines", 0},
        {"reply", OPTION_STRING, &reply, 0, 0, "TEXT", "what stands between it and the reply", 0},
        {"stop", OPTION_LIST, &stop, 0, 0, "TEXT",
         "ends a reply; a new line if none is given; may be given several times", 0},
        {"tokens", OPTION_INT, &g->tokens, 1, 1 << 24, "N", "most tokens of a reply", 0},
        SAMPLING_SPECS(g->sampling),
        {"seed", OPTION_SEED, &g->seed, 0, 0, "N", "of the dice", 0},
        {"model", OPTION_STRING, &dir, 1, 0, "DIR",
         "a trained model, or a GGUF, which runs in the bits it has", 0},
        {"forget", OPTION_INT, &forget, 0, 1 << 24, "N",
         "when the context is full, forget N tokens at once; 0 for half of it", 0},
        {"threads", OPTION_INT, &threads, 0, 4096, "N", "threads; 0 for as many as cores", 0},
    };
    const struct command c = {"chat",
                              "You and a trained GPT write in turns.  /reset begins anew, /quit "
                              "ends.",
                              "[options]", specs, COUNT_OF(specs)};
    commands_arguments(&c, argc, argv, 0);
    if (threads) threads_use(threads);
    struct error e;
    struct gpt *m;
    struct tokenizer *tok;
    model_open_frozen(dir, &m, &tok);
    if (!stop.count) stop = (struct option_list){1, {"\n"}};
    unescape_all(&stop);
    char *part[] = {unescaped(start), unescaped(user), unescaped(reply)};
    chat.system = part[0], chat.user = part[1], chat.reply = part[2];
    g->stop = stop.text, g->stops = stop.count;
    g->forget = forget ? forget : (gpt_config(m)->context + 1) / 2;
    const char *prompt = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) ? "> " : "";
    error_must(chat_run(m, tok, &chat, prompt, stdin, stdout, stderr, &e), &e);
    for (int i = 0; i < 3; i++) free(part[i]);
    free_all(&stop);
    tokenizer_free(tok);
    gpt_free(m);
    return command_end();
}
