#define PCRE2_CODE_UNIT_WIDTH 8
#include "pieces.h"

#include <pcre2.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "bytes.h"
#include "error.h"

// White_Space of Unicode's PropList.txt.  PCRE2's own \s also has U+180E, which Unicode took out.
#define SPACES                                                                               \
    "\\t-\\r \\x{85}\\x{A0}\\x{1680}\\x{2000}-\\x{200A}\\x{2028}\\x{2029}\\x{202F}\\x{205F}" \
    "\\x{3000}"

static const char PATTERN[] = "'s|'t|'re|'ve|'m|'ll|'d"
                              "| ?\\p{L}+| ?\\p{N}+| ?[^" SPACES "\\p{L}\\p{N}]+"
                              "|[" SPACES "]+(?![^" SPACES "])|[" SPACES "]+";

struct pattern {
    struct arena *memory;  // everything below but code
    pcre2_code *code;
    int specials;
    char **special;             // (specials)
    size_t *length;             // (specials) their lengths
    unsigned char starts[256];  // 1 for a byte that starts a special text
};

struct pieces {
    const struct pattern *pattern;
    pcre2_match_data *match;
    const char *at, *end;  // what is left of the text
    const char *special;   // the next special text in it, or end
    int special_number;    // and which one it is
    const char *run;       // the run of characters around `at`
    const char *run_end;   // where that ends; at == run_end: find the next
};

static pcre2_code *compile(void)
{
    int code;
    PCRE2_SIZE at;
    // Anchored here: asked for at each match instead, it would rule out the machine code below.
    pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)PATTERN, PCRE2_ZERO_TERMINATED,
                                         PCRE2_UTF | PCRE2_UCP | PCRE2_ANCHORED, &code, &at, NULL);
    if (!compiled) die("PCRE2 refuses the pattern (error %d): is it built with Unicode?", code);
    // Machine code is about ten times faster.  Where it cannot be had, pcre2_match interprets.
    pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE);
    return compiled;
}

struct pattern *pattern_new(int specials, const char *const *special)
{
    struct arena *memory = arena_new();
    struct pattern *p = arena_alloc(memory, sizeof *p);
    *p = (struct pattern){.memory = memory, .code = compile(), .specials = specials};
    p->special = arena_alloc(memory, (size_t)specials * sizeof *p->special);
    p->length = arena_alloc(memory, (size_t)specials * sizeof *p->length);
    for (int i = 0; i < specials; i++) {
        CHECK(special[i][0], "special text %d is empty", i);
        p->special[i] = arena_string(memory, special[i]);
        p->length[i] = strlen(special[i]);
        p->starts[(unsigned char)special[i][0]] = 1;
    }
    return p;
}

void pattern_free(struct pattern *p)
{
    if (!p) return;
    pcre2_code_free(p->code);
    arena_free(p->memory);
}

// special_at returns the longest special text at the start of text[0..size), or -1.
static int special_at(const struct pattern *p, const char *text, size_t size)
{
    int best = -1;
    for (int i = 0; i < p->specials; i++) {
        if (p->length[i] > size || memcmp(p->special[i], text, p->length[i]) != 0) continue;
        if (best < 0 || p->length[i] > p->length[best]) best = i;
    }
    return best;
}

// find_special sets w->special to the first special text at or after w->at.
static void find_special(struct pieces *w)
{
    const struct pattern *p = w->pattern;
    w->special = w->end;
    if (p->specials == 0) return;
    for (const char *at = w->at; at < w->end; at++) {
        if (!p->starts[(unsigned char)*at]) continue;
        int number = special_at(p, at, (size_t)(w->end - at));
        if (number < 0) continue;
        w->special = at, w->special_number = number;
        return;
    }
}

struct pieces *pieces_start(const struct pattern *p, size_t size, const char *text)
{
    struct pieces *w = malloc(sizeof *w);
    pcre2_match_data *match = pcre2_match_data_create(1, NULL);
    if (!w || !match) die("out of memory: a walk over text");
    *w = (struct pieces){.pattern = p, .match = match, .at = text, .end = text + size};
    w->run = w->run_end = text;
    find_special(w);
    return w;
}

// skip_characters returns the end of the run of well-formed characters at `at`.
static const char *skip_characters(const char *at, const char *end)
{
    int32_t code;
    int length;
    while ((length = bytes_decode((size_t)(end - at), at, &code)) > 0) at += length;
    return at;
}

// skip_bytes returns the end of the run of bytes at `at` where no character starts.
static const char *skip_bytes(const char *at, const char *end)
{
    int32_t code;
    while (at < end && !bytes_decode((size_t)(end - at), at, &code)) at++;
    return at;
}

static void take(struct pieces *w, const char *end, int special, struct piece *piece)
{
    *piece = (struct piece){w->at, (size_t)(end - w->at), special};
    w->at = end;
}

int pieces_next(struct pieces *w, struct piece *piece)
{
    if (w->at == w->end) return 0;
    if (w->at == w->special) {
        take(w, w->at + w->pattern->length[w->special_number], w->special_number, piece);
        w->run = w->run_end = w->at;
        find_special(w);
        return 1;
    }
    if (w->at == w->run_end) {
        w->run = w->at;
        w->run_end = skip_characters(w->at, w->special);
        if (w->at == w->run_end) {
            take(w, skip_bytes(w->at, w->special), -1, piece);
            w->run = w->run_end = w->at;
            return 1;
        }
    }
    int found = pcre2_match(w->pattern->code, (PCRE2_SPTR)w->run, (size_t)(w->run_end - w->run),
                            (size_t)(w->at - w->run), PCRE2_NO_UTF_CHECK, w->match, NULL);
    // The pattern's parts leave out no character and need none behind them: it always matches.
    CHECK(found > 0, "PCRE2 error %d", found);
    take(w, w->run + pcre2_get_ovector_pointer(w->match)[1], -1, piece);
    return 1;
}

void pieces_end(struct pieces *w)
{
    if (!w) return;
    pcre2_match_data_free(w->match);
    free(w);
}
