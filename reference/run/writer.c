#include "writer.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "cache.h"
#include "clock.h"
#include "generate.h"
#include "loss.h"
#include "ride.h"

const float *writer_next(const struct gpt *m, struct tape *t, int n, const int32_t *ids)
{
    CHECK(n >= 1, "n=%d", n);
    int context = gpt_config(m)->context, T = n < context ? n : context;
    tape_reset(t);
    int logits = gpt_forward(m, t, 0, 1, T, ids + (n - T));
    return tape_data(t, logits) + (ptrdiff_t)(T - 1) * gpt_config(m)->vocab;
}

struct writer {
    const struct gpt *model;
    const struct tokenizer *tokenizer;
    const struct writing *order;
    struct tape *tape;
    struct cache *cache;  // NULL: none
    struct random random;
    struct candidate *work;  // (V)
    float *scores;           // (V)
    const float *logits;     // (V)  the model's, that the scores were made of
    double nats;             // surprise at what was chosen from them, since writing began
    float *mixed;            // (2, V)  with a memory: the mixture, and scratch
    int32_t *ids;            // (room)  the text so far
    int n, room;
    int began, end;  // what was chosen when it last wrote is ids[began … end)
    int start;       // the model sees ids from here on
    int written;     // of the ids, so many are in `bytes` or shown
    // What was written and may not be shown yet, because a stop text may be beginning in it.
    char *bytes;
    size_t size, bytes_room;
    char *rest;  // the beginning of a token whose end belonged to a stop text; NULL: nothing
    FILE *out;
    int ended;  // a stop text has come, or an end of text
    struct writer_times times;
    enum err code;
    struct error *e;
};

struct writer *writer_new(const struct gpt *m, const struct tokenizer *tok, const struct writing *g)
{
    struct writer *w = calloc(1, sizeof *w);
    size_t V = (size_t)gpt_config(m)->vocab;
    if (!w) die("out of memory: writer");
    *w = (struct writer){.model = m,
                         .tokenizer = tok,
                         .order = g,
                         .tape = tape_new(),
                         .random = random_start(g->seed, RANDOM_GENERATE),
                         .work = malloc(sizeof *w->work * V),
                         .scores = malloc(sizeof *w->scores * V)};
    if (g->recall) w->mixed = malloc(sizeof *w->mixed * 2 * V);
    if (!w->work || !w->scores || (g->recall && !w->mixed)) die("out of memory: %zu scores", V);
    if (!g->uncached) w->cache = cache_new(gpt_config(m), gpt_config(m)->context, generate_attend);
    return w;
}

void writer_free(struct writer *w)
{
    if (!w) return;
    tape_free(w->tape);
    cache_free(w->cache);
    free(w->work);
    free(w->scores);
    free(w->mixed);
    free(w->ids);
    free(w->bytes);
    free(w->rest);
    free(w);
}

// make_room makes room for `more` ids.
static void make_room(struct writer *w, size_t more)
{
    if (more > (size_t)(INT32_MAX / 2 - w->n)) die("a text of more than %d tokens", INT32_MAX / 2);
    if (w->n + (int)more <= w->room) return;
    w->room = w->n + (int)more;
    w->ids = realloc(w->ids, sizeof *w->ids * (size_t)w->room);
    if (!w->ids) die("out of memory: %d tokens", w->room);
}

enum err writer_read(struct writer *w, const char *text, struct error *e)
{
    // What came before in a cut token is read again, as a part of this text.
    size_t before = w->rest ? strlen(w->rest) : 0, size = before + strlen(text), n;
    char *all = malloc(size + 1);
    if (!all) die("out of memory: %zu bytes", size);
    memcpy(all, w->rest ? w->rest : "", before);
    strcpy(all + before, text);
    int32_t *ids;
    enum err code = tokenizer_encode(w->tokenizer, size, all, &ids, &n, e);
    free(all);
    if (code) return code;
    // What a tokenizer puts before every text stands once, before the first.
    size_t skip = w->n && n && ids[0] == tokenizer_bos(w->tokenizer);
    n -= skip;
    make_room(w, n);
    if (n) memcpy(w->ids + w->n, ids + skip, sizeof *ids * n);
    w->n += (int)n;
    free(ids);
    free(w->rest);
    w->rest = NULL;
    return ERR_NONE;
}

void writer_reset(struct writer *w)
{
    w->n = w->start = 0;
    free(w->rest);
    w->rest = NULL;
}

int writer_forgotten(const struct writer *w)
{
    return w->start;
}

char *writer_words(const struct writer *w, size_t *size)
{
    return tokenizer_decode(w->tokenizer, (size_t)w->n, w->ids, size);
}

const int32_t *writer_chosen(const struct writer *w, int *begin, int *end)
{
    *begin = w->began, *end = w->end;
    return w->ids;
}

double writer_surprise(const struct writer *w)
{
    return w->end > w->began ? w->nats / (w->end - w->began) : 0;
}

struct writer_times writer_times_of(const struct writer *w)
{
    return w->times;
}

// --- what is shown ---------------------------------------------------------------------------

static void add_bytes(struct writer *w, const char *bytes, size_t size)
{
    if (w->size + size > w->bytes_room) {
        w->bytes_room = 2 * (w->size + size);
        w->bytes = realloc(w->bytes, w->bytes_room);
        if (!w->bytes) die("out of memory: %zu bytes of text", w->bytes_room);
    }
    memcpy(w->bytes + w->size, bytes, size);
    w->size += size;
}

// whole returns how many of the bytes are whole characters: a character's first byte says how many
// follow, and a terminal shows nothing of it before they are there.
static size_t whole(size_t size, const char *bytes)
{
    for (size_t back = 1; back <= 3 && back <= size; back++) {
        unsigned char b = (unsigned char)bytes[size - back];
        size_t length = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : b >= 0xC0 ? 2 : 1;
        if (b >= 0xC0) return length > back ? size - back : size;
        if (b < 0x80) return size;
    }
    return size;
}

static void show(struct writer *w, size_t size)
{
    if (size) fwrite(w->bytes, 1, size, w->out);
    if (w->order->stream) fflush(w->out);
    w->size -= size;
    if (w->size) memmove(w->bytes, w->bytes + size, w->size);
}

// bytes_at returns the bytes of the i-th token, and their number.  The first token of a text begins
// it, which a space before it does not.
static const char *bytes_at(const struct writer *w, int i, size_t *size)
{
    const char *bytes = tokenizer_bytes(w->tokenizer, w->ids[i], size);
    if (i != 1 || w->ids[0] != tokenizer_bos(w->tokenizer)) return bytes;
    size_t shown;
    free(tokenizer_decode(w->tokenizer, 2, w->ids, &shown));
    bytes += *size - shown;
    *size = shown;
    return bytes;
}

// take_back removes from the text the tokens of which not all was shown: what is in `bytes`, of
// the token before the last shown byte its beginning stays as w->rest.
static void take_back(struct writer *w)
{
    size_t hidden = w->size;
    while (hidden && w->n) {
        size_t size;
        const char *bytes = bytes_at(w, --w->n, &size);
        if (size > hidden) {
            w->rest = calloc(1, size - hidden + 1);
            if (!w->rest) die("out of memory: %zu bytes", size);
            memcpy(w->rest, bytes, size - hidden);
            hidden = size;
        }
        hidden -= size;
    }
    w->size = 0;
}

// show_ids shows what can be shown of the ids up to n.  Returns whether the text goes on.
static int show_ids(struct writer *w, int n)
{
    while (w->written < n) {
        int at = w->written++;
        if (tokenizer_is_special(w->tokenizer, w->ids[at])) {
            w->ended = 1;
            w->n = at;
            return 0;
        }
        size_t size;
        const char *bytes = bytes_at(w, at, &size);
        add_bytes(w, bytes, size);
        int stopped;
        size_t safe = generate_stop(w->size, w->bytes, w->order->stops, w->order->stop, &stopped);
        show(w, stopped ? safe : whole(safe, w->bytes));
        if (stopped) {
            w->ended = 1;
            w->n = w->written;
            take_back(w);
            return 0;
        }
        if (ferror(w->out)) return 0;
    }
    return 1;
}

// --- what is asked ---------------------------------------------------------------------------

static int all_finite(int V, const float *x)
{
    int finite = 1;
    for (int v = 0; v < V; v++) finite &= isfinite(x[v]) != 0;
    return finite;
}

// next_scores asks the model what follows ids[0..n).
static const float *next_scores(struct writer *w, int n, const int32_t *ids)
{
    int context = gpt_config(w->model)->context, forget = w->order->forget, read;
    if (forget < 1) forget = 1;
    if (forget > context) forget = context;
    while (n - w->start > context) w->start += forget;
    int seen = n - w->start;
    ids += w->start;
    double begin = clock_seconds();
    const float *logits = w->cache ? cache_next(w->cache, w->model, w->tape, seen, ids, &read)
                                   : writer_next(w->model, w->tape, seen, ids);
    double seconds = clock_seconds() - begin;
    if (w->times.prompt_tokens == 0) {
        w->times.prompt_tokens = seen;
        w->times.prompt_seconds = seconds;
    } else {
        w->times.seconds += seconds;
        w->times.tokens++;
    }
    return logits;
}

// scores_after is the ride_model of a writer.  It shows what was chosen since the last time, so
// that a reader sees each token as it comes.
static const float *scores_after(void *self, int n, const int32_t *ids)
{
    struct writer *w = self;
    int V = gpt_config(w->model)->vocab;
    if (!show_ids(w, n)) return NULL;
    const float *logits = w->logits = next_scores(w, n, ids);
    if (all_finite(V, logits) && w->mixed) {
        recall_mix(w->order->recall, (size_t)n, ids, logits, w->mixed + V, w->mixed);
        logits = w->mixed;
    }
    if (all_finite(V, logits))
        return sample_scores(&w->order->sampling, V, logits, n, ids, w->scores);
    w->code = error_set(w->e, ERR_FORMAT,
                        "the model scores no number: its weights are not finite, its training "
                        "has diverged");
    return NULL;
}

// judge notes how surprised the model is by what was chosen.
static void judge(struct writer *w, int32_t id)
{
    int V = gpt_config(w->model)->vocab;
    w->nats += (double)(log_sum_exp(V, w->logits) - w->logits[id]);
}

enum err writer_write(struct writer *w, FILE *out, struct error *e)
{
    int V = gpt_config(w->model)->vocab, n = w->n;
    if (n == 0) return error_set(e, ERR_VALUE, "the prompt has 0 tokens: expected at least one");
    make_room(w, (size_t)w->order->tokens);
    w->out = out, w->e = e, w->code = ERR_NONE, w->ended = 0, w->size = 0, w->written = n;
    w->nats = 0;
    int room = n + w->order->tokens, began = n;
    const float *logits;
    if (w->order->sampling.temperature == 0) {
        n = ride_loop(V, scores_after, w, n, room, w->ids);
    } else {
        while (n < room && (logits = scores_after(w, n, w->ids))) {
            w->ids[n] = sample(&w->order->sampling, V, logits, &w->random, w->work);
            if (w->order->judged) judge(w, w->ids[n]);
            n++;
        }
    }
    w->times.written += n - began;
    w->began = began, w->end = n;
    if (!w->ended) show_ids(w, n);
    if (!w->ended) w->n = n;
    show(w, w->size);
    return w->code;
}

enum err writer_text(const struct gpt *m, const struct tokenizer *tok, const struct writing *g,
                     const char *prompt, FILE *out, struct writer_times *times, struct error *e)
{
    struct writer *w = writer_new(m, tok, g);
    enum err code = writer_read(w, prompt, e);
    if (code) code = error_in(e, code, "the prompt");
    if (!code && w->n) fputs(prompt, out);
    if (!code) code = writer_write(w, out, e);
    if (times) *times = writer_times_of(w);
    writer_free(w);
    return code;
}
