#include "edits.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct finder {
    const struct source *s;
    struct arena *memory;
    struct edit *edit;
    size_t count, room;
};

// What each sign becomes; its neighbours where there are two.
static const struct {
    const char *from, *to[2];
} SWAPS[] = {
    {"<", {"<=", ">="}}, {"<=", {"<", ">"}}, {">", {">=", "<="}}, {">=", {">", "<"}},
    {"==", {"!="}},      {"!=", {"=="}},     {"+", {"-"}},        {"-", {"+"}},
    {"*", {"/"}},        {"/", {"*"}},       {"%", {"/"}},        {"+=", {"-="}},
    {"-=", {"+="}},      {"*=", {"/="}},     {"/=", {"*="}},      {"%=", {"/="}},
    {"++", {"--"}},      {"--", {"++"}},     {"&&", {"||"}},      {"||", {"&&"}},
    {"&", {"|"}},        {"|", {"&"}},       {"^", {"|"}},        {"&=", {"|="}},
    {"|=", {"&="}},      {"^=", {"|="}},     {"<<", {">>"}},      {">>", {"<<"}},
    {"<<=", {">>="}},    {">>=", {"<<="}},
};

static const char LOOSER_THAN_PRODUCT[] =
    "+ - << >> < > <= >= == != & ^ | && || ? : , ; ) ] } ( [ { "
    "= += -= *= /= %= &= ^= |= <<= >>= return case else";
static const char LOOSER_THAN_CHOICE[] =
    "? : , ; ) ] } ( [ { = += -= *= /= %= &= ^= |= <<= >>= return case else";

static char *print(struct finder *f, const char *format, ...) __attribute__((format(printf, 2, 3)));
static char *print(struct finder *f, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *out = arena_alloc(f->memory, (size_t)n + 1);
    va_start(args, format);
    vsnprintf(out, (size_t)n + 1, format, args);
    va_end(args);
    return out;
}

static size_t end_of(const struct source *s, size_t i)
{
    return s->token[i].at + s->token[i].size;
}

// written returns tokens i … j-1 as they stand in the file.
static char *written(struct finder *f, size_t i, size_t j)
{
    return lex_text(f->s, f->s->token[i].at, end_of(f->s, j - 1), f->memory);
}

// whole_line returns the line on which token i stands, without the space around it.
static char *whole_line(struct finder *f, size_t i)
{
    size_t begin = f->s->token[i].at, end = begin;
    while (begin && f->s->text[begin - 1] != '\n') begin--;
    while (f->s->text[begin] == ' ' || f->s->text[begin] == '\t') begin++;
    while (end < f->s->size && f->s->text[end] != '\n') end++;
    return lex_text(f->s, begin, end, f->memory);
}

// add notes the edit that puts `put` in the place of tokens i … j-1.
static void add(struct finder *f, size_t i, size_t j, const char *put, const char *what)
{
    if (f->count == f->room) {
        f->room = f->room ? 2 * f->room : 256;
        struct edit *more = arena_alloc(f->memory, f->room * sizeof *more);
        if (f->count) memcpy(more, f->edit, f->count * sizeof *more);
        f->edit = more;
    }
    const struct token *t = &f->s->token[i];
    const char *name = print(f, "%s | %s | %s", t->function, whole_line(f, i), what);
    f->edit[f->count++] = (struct edit){.at = t->at,
                                        .size = end_of(f->s, j - 1) - t->at,
                                        .line = t->line,
                                        .put = put,
                                        .name = name};
}

// number_same gives edits with the same name their numbers.
static void number_same(struct finder *f)
{
    for (size_t i = 0; i < f->count; i++) {
        int before = 0;
        const char *name = f->edit[i].name;
        for (size_t j = 0; j < i; j++) {
            size_t n = strlen(name);
            const char *other = f->edit[j].name;
            before += !strncmp(name, other, n) && (!other[n] || !strncmp(other + n, " (", 2));
        }
        if (before) f->edit[i].name = print(f, "%s (%d)", name, before + 1);
    }
}

// --- signs and constants
// --------------------------------------------------------------------------

// binary: whether the sign i stands between two operands, judged by what stands before it.
static int binary(const struct source *s, size_t i)
{
    if (!i) return 0;
    if (s->token[i - 1].kind == TOKEN_NAME)
        return !lex_among(s, i - 1, "return case else do sizeof int char void double float const");
    return s->token[i - 1].kind != TOKEN_SIGN || lex_among(s, i - 1, ") ]");
}

static void signs(struct finder *f, size_t i)
{
    if (lex_among(f->s, i, "+ - * &") && !binary(f->s, i)) return;
    for (size_t k = 0; k < sizeof SWAPS / sizeof *SWAPS; k++) {
        if (!lex_is(f->s, i, SWAPS[k].from)) continue;
        for (int n = 0; n < 2 && SWAPS[k].to[n]; n++)
            add(f, i, i + 1, SWAPS[k].to[n],
                print(f, "`%s` to `%s`", SWAPS[k].from, SWAPS[k].to[n]));
    }
}

static void constants(struct finder *f, size_t i)
{
    const char *is = written(f, i, i + 1);
    double value = *is == '\'' ? 2 : strtod(is, NULL);
    const char *zero = f->s->token[i].kind == TOKEN_FLOAT ? "0.0" : "0";
    add(f, i, i + 1, print(f, "(%s + 1)", is), print(f, "`%s` + 1", is));
    if (value < 1 || value > 1)
        add(f, i, i + 1, print(f, "(%s - 1)", is), print(f, "`%s` - 1", is));
    if (value < 0 || value > 0) add(f, i, i + 1, zero, print(f, "`%s` to 0", is));
}

// --- terms of a sum
// -------------------------------------------------------------------------------

// term_end returns the token behind the product that begins at i.
static size_t term_end(const struct source *s, size_t i)
{
    int depth = s->token[i].parens;
    while (lex_among(s, i, "+ - * & ! ~") && !binary(s, i)) i++;
    for (; i < s->count; i++) {
        if (s->token[i].parens < depth || s->token[i].braces < s->token[i - 1].braces) return i;
        if (s->token[i].parens == depth && lex_among(s, i, LOOSER_THAN_PRODUCT) &&
            !lex_among(s, i, "( [ ) ]") && binary(s, i))
            return i;
        if (s->token[i].parens == depth && lex_among(s, i, ", ; { } ?")) return i;
    }
    return i;
}

// back returns the first token of the operand that ends before i, going on while nothing from
// `looser` stands in the way.
static size_t back(const struct source *s, size_t i, const char *looser)
{
    int depth = s->token[i].parens;
    for (; i > 0; i--) {
        const struct token *t = &s->token[i - 1];
        if (t->parens < depth) return i;
        if (t->parens > depth || lex_among(s, i - 1, ") ]")) continue;
        // An opening bracket of this depth belongs to a pair that was passed.
        if (lex_among(s, i - 1, "( [")) {
            if (i < s->count && s->token[i].parens > depth) continue;
            return i;
        }
        if (lex_among(s, i - 1, "+ - * &") && !binary(s, i - 1)) continue;
        if (lex_among(s, i - 1, looser)) return i;
    }
    return i;
}

static void terms(struct finder *f, size_t i)
{
    const struct source *s = f->s;
    if (!lex_among(s, i, "+ -") || !binary(s, i)) return;
    size_t end = term_end(s, i + 1);
    if (end > i + 1) add(f, i, end, "", print(f, "without `%s`", written(f, i, end)));
    size_t begin = back(s, i, LOOSER_THAN_PRODUCT);
    // Not the first term: it is the right one of another sign.
    if (begin == i || (begin && lex_among(s, begin - 1, "+ -"))) return;
    int minus = lex_is(s, i, "-");
    add(f, begin, i + 1, minus ? "-" : "",
        print(f, "without `%s`", written(f, begin, minus ? i : i + 1)));
}

// --- statements, conditions, loops
// ----------------------------------------------------------------

// closing returns the token that closes the bracket i.
static size_t closing(const struct source *s, size_t i)
{
    int depth = s->token[i].parens;
    for (i++; i < s->count && s->token[i].parens > depth; i++) {
    }
    return i;
}

// opens_statement: whether a statement begins at i.
static int opens_statement(const struct source *s, size_t i)
{
    if (!i || s->token[i].parens || !s->token[i].braces) return 0;
    if (lex_among(s, i - 1, "; { } else do")) return 1;
    if (!lex_is(s, i - 1, ")")) return 0;
    size_t open = i - 1;
    while (open && !(lex_is(s, open, "(") && closing(s, open) == i - 1)) open--;
    return open && lex_among(s, open - 1, "if for while switch");
}

static void statements(struct finder *f, size_t i)
{
    const struct source *s = f->s;
    if (!opens_statement(s, i) || lex_among(s, i, "if for while switch do else case default { } ;"))
        return;
    int depth = s->token[i].braces;
    size_t end = i;
    while (end < s->count && s->token[end].braces >= depth &&
           !(lex_is(s, end, ";") && !s->token[end].parens && s->token[end].braces == depth))
        end++;
    if (!lex_is(s, end, ";")) return;
    add(f, i, end, "", print(f, "without `%s;`", written(f, i, end)));
}

static void negated(struct finder *f, size_t begin, size_t end)
{
    if (begin >= end) return;
    const char *is = written(f, begin, end);
    add(f, begin, end, print(f, "!(%s)", is), print(f, "not `%s`", is));
}

// bounds: in the condition of a loop, what each comparison's right side is.
static void bounds(struct finder *f, size_t begin, size_t end)
{
    const struct source *s = f->s;
    for (size_t i = begin; i + 1 < end; i++) {
        if (!lex_among(s, i, "< <= > >= !=") || s->token[i].parens != s->token[begin].parens)
            continue;
        size_t to = i + 1;
        while (to < end &&
               !(s->token[to].parens == s->token[i].parens && lex_among(s, to, "&& || ? ,")))
            to++;
        if (to == i + 2 && s->token[i + 1].kind == TOKEN_INTEGER) continue;
        const char *is = written(f, i + 1, to);
        add(f, i + 1, to, print(f, "%s + 1", is), print(f, "bound `%s` + 1", is));
        add(f, i + 1, to, print(f, "%s - 1", is), print(f, "bound `%s` - 1", is));
    }
}

static void conditions(struct finder *f, size_t i)
{
    const struct source *s = f->s;
    if (lex_is(s, i, "?")) {
        negated(f, back(s, i, LOOSER_THAN_CHOICE), i);
        return;
    }
    if (!lex_among(s, i, "if while for") || !lex_is(s, i + 1, "(")) return;
    size_t begin = i + 2, end = closing(s, i + 1);
    if (lex_is(s, i, "for")) {
        int depth = s->token[begin].parens;
        while (begin < end && !(lex_is(s, begin, ";") && s->token[begin].parens == depth)) begin++;
        size_t second = ++begin;
        while (second < end && !(lex_is(s, second, ";") && s->token[second].parens == depth))
            second++;
        end = second;
    }
    negated(f, begin, end);
    if (!lex_is(s, i, "if")) bounds(f, begin, end);
}

// --- calls and casts
// ------------------------------------------------------------------------------

static void arguments(struct finder *f, size_t i)
{
    const struct source *s = f->s;
    if (s->token[i].kind != TOKEN_NAME || !lex_is(s, i + 1, "(") || !s->token[i].braces ||
        lex_among(s, i, "if for while switch return sizeof case"))
        return;
    size_t close = closing(s, i + 1), before = 0, begin = i + 2;
    for (size_t j = i + 2; j <= close && j < s->count; j++) {
        int ends =
            j == close || (lex_is(s, j, ",") && s->token[j].parens == s->token[i + 1].parens + 1 &&
                           s->token[j].braces == s->token[i].braces);
        if (!ends || j == begin) continue;
        if (before) {
            const char *first = written(f, before, begin - 1), *second = written(f, begin, j);
            if (strcmp(first, second))
                add(f, before, j, print(f, "%s, %s", second, first),
                    print(f, "`%s, %s` swapped", first, second));
        }
        before = begin;
        begin = j + 1;
    }
}

static void casts(struct finder *f, size_t i)
{
    const struct source *s = f->s;
    if (!lex_is(s, i, "(") || lex_is(s, i - 1, "sizeof")) return;
    size_t j = i + 1;
    int is_unsigned = 0;
    for (;
         lex_among(s, j, "unsigned char short int long size_t uint8_t uint16_t uint32_t uint64_t");
         j++)
        is_unsigned |= !lex_among(s, j, "char short int long");
    if (is_unsigned && lex_is(s, j, ")"))
        add(f, i, j + 1, "", print(f, "without `%s`", written(f, i, j + 1)));
}

struct edit *edits_find(const struct source *s, struct arena *a, size_t *count)
{
    struct finder f = {.s = s, .memory = a};
    for (size_t i = 0; i < s->count; i++) {
        if (!s->token[i].ours) continue;
        if (s->token[i].kind == TOKEN_SIGN) signs(&f, i);
        if (s->token[i].kind == TOKEN_INTEGER || s->token[i].kind == TOKEN_FLOAT) constants(&f, i);
        terms(&f, i);
        statements(&f, i);
        conditions(&f, i);
        arguments(&f, i);
        casts(&f, i);
    }
    number_same(&f);
    *count = f.count;
    return f.edit;
}
