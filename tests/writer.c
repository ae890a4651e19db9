// writer: what the model is shown, where a text ends, what is shown of it when; turns.
#include "writer.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bpe_fast_train.h"
#include "bytes.h"
#include "chat.h"
#include "check.h"
#include "sentencepiece.h"
#include "shape.h"
#include "tokenizer_file.h"

TestSuite(writer, .timeout = 120);

enum { V = 12 };

// --- the model -------------------------------------------------------------------------------

enum { CONTEXT = 6 };

static struct gpt *model_of(int vocab)
{
    const struct gpt_config c = {SIZES(vocab, CONTEXT, 2, 2, 12)};
    struct gpt *m = gpt_new(&c, 8);
    struct random r = random_start(9, RANDOM_TEST);
    for (size_t i = 0; i < gpt_weights(m); i++) gpt_data(m)[i] += 0.4f * random_normal(&r);
    return m;
}

Test(writer, the_model_sees_the_last_ids_that_its_context_holds)
{
    struct gpt *m = model_of(V);
    struct tape *t = tape_new(), *own = tape_new();
    struct check *c = check_begin(2);
    const int32_t *ids = check_ids(c, 40, V);
    for (int n = 1; n <= 40; n++) {
        int seen = n < CONTEXT ? n : CONTEXT;
        tape_reset(own);
        const float *all = tape_data(own, gpt_forward(m, own, 0, 1, seen, ids + n - seen));
        check_same(V, writer_next(m, t, n, ids), all + (seen - 1) * V, "after %d ids", n);
    }
    check_end(c);
    tape_free(t), tape_free(own);
    gpt_free(m);
}

// --- text ------------------------------------------------------------------------------------

static const char LETTERS[] = "abcdé\n ";

static struct tokenizer *letters(void)
{
    struct chars *c;
    cr_assert_eq(chars_new(strlen(LETTERS), LETTERS, &c, NULL), ERR_NONE);
    return tokenizer_of_chars(c);
}

// byte_pairs learns tokens of several bytes, é among them, and has an end-of-text token.
static struct tokenizer *byte_pairs(void)
{
    static const char text[] = "aba cab dab aba cab dab é é é é aba cab dab\n";
    const char *special = VOCAB_END_OF_TEXT;
    struct vocab *b;
    cr_assert_eq(bpe_fast_train(strlen(text), text, 266, 1, &special, &b, NULL), ERR_NONE);
    return tokenizer_of_bpe(b);
}

// struct text: what to write.
struct text {
    struct sampling sampling;
    const char *prompt, *stop;
    int tokens;
    uint64_t seed;
    int forget, uncached, stream;
};

static enum err write_to(const struct gpt *m, const struct tokenizer *tok, const struct text *g,
                         FILE *f, int *count, struct error *e)
{
    struct writing w = {g->sampling, &g->stop,    g->stop != NULL, g->tokens, g->seed,
                        g->forget,   g->uncached, g->stream,       NULL,      0};
    struct writer_times times;
    enum err code = writer_text(m, tok, &w, g->prompt, f, &times, e);
    if (!code) *count = times.written;
    return code;
}

// write_text returns what is written, and the code.
static enum err write_text(const struct gpt *m, const struct tokenizer *tok, const struct text *g,
                           char **text, size_t *size, int *count, struct error *e)
{
    FILE *f = open_memstream(text, size);
    enum err code = write_to(m, tok, g, f, count, e);
    cr_assert_eq(fclose(f), 0);
    return code;
}

static char *written(const struct gpt *m, const struct tokenizer *tok, const struct text *g,
                     size_t *size, int *count)
{
    char *text;
    struct error e = {.text = ""};
    cr_assert_eq(write_text(m, tok, g, &text, size, count, &e), ERR_NONE, "%s", e.text);
    return text;
}

static const void *find(const char *text, size_t size, const char *what, size_t length)
{
    for (size_t at = 0; at + length <= size; at++) {
        if (memcmp(text + at, what, length) == 0) return text + at;
    }
    return NULL;
}

enum { STOPPED = 24, STOP = 4 };

// stops_everywhere takes every short piece of what is written as the stop text.
static void stops_everywhere(const struct gpt *m, const struct tokenizer *tok, float temperature)
{
    struct text g = {.sampling = {.temperature = temperature, .top_p = 1},
                     .prompt = "ab",
                     .tokens = STOPPED,
                     .seed = 4};
    size_t whole_size, size;
    int whole_count, count;
    char *whole = written(m, tok, &g, &whole_size, &whole_count);
    cr_assert(memcmp(whole, "ab", 2) == 0 && whole_count == STOPPED);
    const char *made = whole + 2;
    size_t made_size = whole_size - 2;
    for (size_t from = 0; from < made_size; from++) {
        for (size_t length = 1; length <= STOP && from + length <= made_size; length++) {
            char stop[8] = "";
            memcpy(stop, made + from, length);
            if (strlen(stop) != length) continue;  // a zero byte, which no stop text has
            g.stop = stop;
            char *text = written(m, tok, &g, &size, &count);
            const char *first = find(made, made_size, stop, length);
            size_t want = (size_t)(first - whole);
            cr_assert(size == want && memcmp(text, whole, size) == 0,
                      "stop at %zu, %zu bytes: %zu bytes written, expected %zu", from, length, size,
                      want);
            cr_assert(count >= 1 && count <= STOPPED);
            free(text);
        }
    }
    g.stop = "zzz";
    char *text = written(m, tok, &g, &size, &count);
    cr_assert(size == whole_size && memcmp(text, whole, size) == 0 && count == STOPPED,
              "a stop text that does not come holds nothing back");
    free(text);
    free(whole);
}

Test(writer, the_stop_text_ends_the_text_and_is_not_written)
{
    struct tokenizer *tok = letters();
    struct gpt *m = model_of(tokenizer_vocab(tok));
    stops_everywhere(m, tok, 1);
    stops_everywhere(m, tok, 3);
    gpt_free(m);
    tokenizer_free(tok);
}

// unigram makes the model's scores those numbers, whatever came before: the last norm's gain is 0
// and its shift picks the first channel, where each token's embedding has its score.
static void unigram(struct gpt *m, const float *score)
{
    struct param wte = gpt_param(m, 0);
    struct param gain = gpt_param(m, gpt_params(m) - 2), shift = gpt_param(m, gpt_params(m) - 1);
    for (int v = 0; v < wte.shape[0]; v++) wte.data[v * wte.shape[1]] = score[v];
    for (size_t i = 0; i < gain.size; i++) gain.data[i] = 0, shift.data[i] = i == 0;
}

Test(writer, so_it_does_where_tokens_have_several_bytes)
{
    struct tokenizer *tok = byte_pairs();
    int vocab = tokenizer_vocab(tok);
    cr_assert_gt(vocab, 260);
    struct gpt *m = model_of(vocab);
    float *score = malloc((size_t)vocab * sizeof *score);
    // Merged tokens and letters, and never the end of text.
    for (int v = 0; v < vocab; v++) score[v] = v >= 256 ? 8 : v < 80 ? 5 : 0;
    score[vocab - 1] = -50;
    unigram(m, score);
    stops_everywhere(m, tok, 1);
    free(score);
    gpt_free(m);
    tokenizer_free(tok);
}

Test(writer, the_end_of_text_ends_the_text)
{
    struct tokenizer *tok = byte_pairs();
    int vocab = tokenizer_vocab(tok), count;
    size_t size;
    struct gpt *m = model_of(vocab);
    float *score = calloc((size_t)vocab, sizeof *score);
    score[vocab - 1] = 30;
    unigram(m, score);
    struct text g = {.sampling = {.temperature = 0, .top_p = 1}, .prompt = "a cab", .tokens = 9};
    char *text = written(m, tok, &g, &size, &count);
    cr_assert_str_eq(text, "a cab", "the token has no text to show");
    cr_assert_eq(count, 1);
    free(text);
    free(score);
    gpt_free(m);
    tokenizer_free(tok);
}

Test(writer, seeds_decide)
{
    struct tokenizer *tok = letters();
    struct gpt *m = model_of(tokenizer_vocab(tok));
    struct text g = {
        .sampling = {.temperature = 2, .top_p = 1}, .prompt = "é", .tokens = 50, .seed = 1};
    size_t size;
    int count;
    char *one = written(m, tok, &g, &size, &count), *again = written(m, tok, &g, &size, &count);
    g.seed = 2;
    char *two = written(m, tok, &g, &size, &count);
    cr_assert_str_eq(one, again);
    cr_assert_str_neq(one, two);
    cr_assert_eq(memcmp(one, "é", 2), 0, "the prompt comes first");
    cr_assert_eq(count, 50);
    free(one), free(again), free(two);
    gpt_free(m);
    tokenizer_free(tok);
}

Test(writer, a_prompt_that_cannot_be_encoded_is_refused)
{
    static const struct {
        const char *prompt;
        enum err code;
        const char *words;
    } bad[] = {{"", ERR_VALUE, "the prompt has 0 tokens"},
               {"abx", ERR_SYMBOL, "the prompt: byte 2: U+0078"},
               {"a\xFF", ERR_UTF8, "the prompt: byte 1: "}};
    struct tokenizer *tok = letters();
    struct gpt *m = model_of(tokenizer_vocab(tok));
    for (int i = 0; i < 3; i++) {
        struct text g = {
            .sampling = {.temperature = 1, .top_p = 1}, .prompt = bad[i].prompt, .tokens = 5};
        struct error e = {0};
        char *text;
        size_t size;
        int count = -7;
        cr_assert_eq(write_text(m, tok, &g, &text, &size, &count, &e), bad[i].code);
        cr_assert(e.code == bad[i].code && strstr(e.text, bad[i].words), "%s", e.text);
        cr_assert(size == 0 && count == -7, "something was written");
        free(text);
    }
    gpt_free(m);
    tokenizer_free(tok);
}

Test(writer, a_model_without_numbers_is_refused)
{
    struct tokenizer *tok = letters();
    const float bad[] = {NAN, INFINITY, -INFINITY};
    for (int i = 0; i < 3; i++) {
        struct gpt *m = model_of(tokenizer_vocab(tok));
        float score[sizeof LETTERS] = {0};
        score[3] = bad[i];
        unigram(m, score);
        struct text g = {.sampling = {.temperature = 1, .top_p = 1}, .prompt = "a", .tokens = 5};
        struct error e = {0};
        char *text;
        size_t size;
        int count;
        cr_assert_eq(write_text(m, tok, &g, &text, &size, &count, &e), ERR_FORMAT);
        cr_assert(strstr(e.text, "not finite"), "%s", e.text);
        free(text);
        gpt_free(m);
    }
    tokenizer_free(tok);
}

Test(writer, where_nothing_can_be_written_it_ends)
{
    FILE *full = fopen("/dev/full", "w");
    if (!full) cr_skip("no /dev/full here");
    struct tokenizer *tok = letters();
    struct gpt *m = model_of(tokenizer_vocab(tok));
    struct text g = {
        .sampling = {.temperature = 1, .top_p = 1}, .prompt = "a", .tokens = 1000000, .stream = 1};
    int count;
    cr_assert_eq(write_to(m, tok, &g, full, &count, NULL), ERR_NONE);
    cr_assert_lt(count, 10);
    cr_assert(ferror(full));
    fclose(full);
    gpt_free(m);
    tokenizer_free(tok);
}

// Llama's kind: a model goes on from <s>, and what begins a text has no space before it.
Test(writer, begins_with_bos_where_the_tokenizer_has_one)
{
    struct tokenizer *tok;
    struct error e;
    cr_assert_eq(tokenizer_file_read(GOLDEN "/llama/tokenizer.bin", &tok, &e), ERR_NONE, "%s",
                 e.text);
    int vocab = tokenizer_vocab(tok), count;
    const struct sentencepiece *s = tokenizer_sentencepiece(tok);
    struct gpt *m = model_of(vocab);
    float *score = calloc((size_t)vocab, sizeof *score);
    score[sentencepiece_find(s, SENTENCEPIECE_SPACE "the")] = 9;
    unigram(m, score);
    struct text g = {.sampling = {.temperature = 0, .top_p = 1}, .prompt = "", .tokens = 3};
    size_t size;
    char *text = written(m, tok, &g, &size, &count);
    cr_assert_str_eq(text, "the the the");
    cr_assert_eq(count, 3);
    free(text);
    g.prompt = "a";
    text = written(m, tok, &g, &size, &count);
    cr_assert_str_eq(text, "a the the the");
    free(text);
    score[2] = 10;  // </s>
    unigram(m, score);
    text = written(m, tok, &g, &size, &count);
    cr_assert_str_eq(text, "a");
    cr_assert_eq(count, 1);
    free(text);
    free(score);
    gpt_free(m);
    tokenizer_free(tok);
}

// --- the cache -------------------------------------------------------------------------------

Test(writer, the_cache_changes_no_byte)
{
    struct tokenizer *tok = letters();
    struct gpt *m = model_of(tokenizer_vocab(tok));
    for (int i = 0; i < 14; i++) {
        struct text g = {.sampling = {.temperature = i % 3 ? 1.5f : 0,
                                      .top_k = i % 2 ? 4 : 0,
                                      .top_p = 1,
                                      .repeat_penalty = i % 4 ? 1 : 1.3f},
                         .prompt = i % 5 ? "ab" : "abcd abcd é",
                         .tokens = 40,
                         .seed = (uint64_t)i,
                         .forget = i % 7};
        size_t size, again;
        int count;
        char *cached = written(m, tok, &g, &size, &count);
        g.uncached = 1, g.stream = 1;
        char *whole = written(m, tok, &g, &again, &count);
        cr_assert(size == again && memcmp(cached, whole, size) == 0, "%d: '%s', not '%s'", i,
                  cached, whole);
        free(cached), free(whole);
    }
    gpt_free(m);
    tokenizer_free(tok);
}

// --- what is shown when ----------------------------------------------------------------------

// halves returns a model that writes the two bytes of é, each of which is a token of its own here,
// in any order.
static struct gpt *halves(const struct tokenizer *tok)
{
    int vocab = tokenizer_vocab(tok);
    struct gpt *m = model_of(vocab);
    float *score = calloc((size_t)vocab, sizeof *score);
    for (int v = 0; v < vocab; v++) {
        size_t n;
        const char *b = tokenizer_bytes(tok, v, &n);
        score[v] = n == 1 && (b[0] == (char)0xC3 || b[0] == (char)0xA9) ? 20 : -20;
    }
    unigram(m, score);
    free(score);
    return m;
}

Test(writer, streaming_changes_no_byte)
{
    struct tokenizer *tok = byte_pairs();
    struct gpt *m = halves(tok);
    struct text g = {.sampling = {.temperature = 1, .top_p = 1}, .prompt = "a", .tokens = 40};
    size_t size, again;
    int count;
    char *all = written(m, tok, &g, &size, &count);
    g.stream = 1;
    char *streamed = written(m, tok, &g, &again, &count);
    cr_assert(size == again && memcmp(streamed, all, size) == 0, "other bytes");
    free(streamed), free(all);
    gpt_free(m);
    tokenizer_free(tok);
}

// A socket of datagrams keeps apart what one write(2) has sent and what the next.
Test(writer, no_write_ends_within_a_character)
{
    struct tokenizer *tok = byte_pairs();
    struct gpt *m = halves(tok);
    int pieces = 0;
    // Few tokens: no more writes than a socket holds.
    for (uint64_t seed = 0; seed < 12; seed++) {
        struct text g = {.sampling = {.temperature = 1, .top_p = 1},
                         .prompt = "a",
                         .tokens = 7,
                         .seed = seed,
                         .stream = 1};
        int ends[2], count, half = 0;
        cr_assert_eq(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
        FILE *f = fdopen(ends[0], "w");
        cr_assert_eq(write_to(m, tok, &g, f, &count, NULL), ERR_NONE);
        unsigned char bytes[64];
        for (ssize_t n; (n = recv(ends[1], bytes, sizeof bytes, MSG_DONTWAIT)) > 0; pieces++) {
            cr_assert(!half || bytes[0] != 0xA9, "seed %d: a character in two writes", (int)seed);
            half = bytes[n - 1] == 0xC3;
        }
        fclose(f);
        close(ends[1]);
    }
    cr_assert_gt(pieces, 12 * 2, "tokens are shown one by one");
    gpt_free(m);
    tokenizer_free(tok);
}

// --- turns -----------------------------------------------------------------------------------

// talk returns what a conversation shows.
static char *talk(const struct gpt *m, const struct tokenizer *tok, const char *lines,
                  const char *user, int tokens, char **said)
{
    const char *stop = "\n";
    struct chat c = {.writing = {.sampling = {.temperature = 1, .top_p = 1},
                                 .stop = &stop,
                                 .stops = 1,
                                 .tokens = tokens,
                                 .forget = 3},
                     .system = "",
                     .user = user,
                     .reply = ""};
    char *text, *in = strdup(lines);
    size_t size, said_size;
    FILE *f = open_memstream(&text, &size), *err = open_memstream(said, &said_size);
    FILE *from = fmemopen(in, strlen(in), "r");
    cr_assert_eq(chat_run(m, tok, &c, "", from, f, err, NULL), ERR_NONE);
    fclose(f), fclose(err), fclose(from);
    free(in);
    return text;
}

Test(writer, turns)
{
    struct tokenizer *tok = letters();
    struct gpt *m = model_of(tokenizer_vocab(tok));
    char *said, *one = talk(m, tok, "ab\n", "", 3, &said);
    cr_assert_str_eq(said, "");
    free(said);
    // After /reset it is as at the beginning, but for the dice.
    char *quit = talk(m, tok, "ab\n/quit\nab\n", "", 3, &said);
    cr_assert_str_eq(quit, one);
    free(said);
    char *two = talk(m, tok, "ab\nx\nab\n", "", 3, &said);
    cr_assert(strstr(said, "this line: byte 0: U+0078") && strncmp(two, one, strlen(one)) == 0,
              "%s", said);
    free(said);
    char *none = talk(m, tok, "\n", "", 3, &said);
    cr_assert(strstr(said, "0 tokens") && !*none, "%s", said);
    free(said);
    char *longer = talk(m, tok, "abcab\nabcab\n/reset\na\n", "\n", 9, &said);
    const char *full = strstr(said, "the context is full");
    cr_assert(full && !strstr(full + 1, "the context is full"), "once: %s", said);
    free(said);
    free(one), free(quit), free(two), free(none), free(longer);
    gpt_free(m);
    tokenizer_free(tok);
}

// What is not shown of a reply is not in the text: it goes on behind what was shown.
Test(writer, the_text_ends_where_the_stop_text_began)
{
    struct tokenizer *tok = byte_pairs();
    int vocab = tokenizer_vocab(tok);
    struct gpt *m = model_of(vocab);
    const char *stop = "b dab";
    for (int seed = 0; seed < 12; seed++) {
        struct writing g = {.sampling = {.temperature = 1, .top_k = 12, .top_p = 1},
                            .stop = &stop,
                            .stops = 1,
                            .tokens = 30,
                            .seed = (uint64_t)seed};
        stop = seed % 2 ? "a" : "b";
        struct writer *w = writer_new(m, tok, &g);
        char *shown;
        size_t size;
        FILE *f = open_memstream(&shown, &size);
        cr_assert_eq(writer_read(w, "cab dab é", NULL), ERR_NONE);
        for (int turn = 0; turn < 4; turn++) {
            cr_assert_eq(writer_write(w, f, NULL), ERR_NONE);
            cr_assert_eq(writer_read(w, "!", NULL), ERR_NONE);
            fputs("!", f);
        }
        fclose(f);
        size_t have;
        char *text = writer_words(w, &have);
        cr_assert(have == size + strlen("cab dab é") &&
                      memcmp(text + strlen("cab dab é"), shown, size) == 0,
                  "seed %d: %zu bytes shown, %zu kept", seed, size, have);
        free(text), free(shown);
        writer_free(w);
    }
    gpt_free(m);
    tokenizer_free(tok);
}
