#include "lex.h"

#include <ctype.h>
#include <string.h>

static const char *const SIGNS[] = {"<<=", ">>=", "...", "->", "++", "--", "<<", ">>",
                                    "<=",  ">=",  "==",  "!=", "&&", "||", "+=", "-=",
                                    "*=",  "/=",  "%=",  "&=", "^=", "|="};

struct lexer {
    const char *p, *end, *begin;
    size_t line;
    int marks, inside, fresh;  // fresh: nothing but white space on this line so far
};

static int at(const struct lexer *l, const char *what)
{
    size_t n = strlen(what);
    return (size_t)(l->end - l->p) >= n && !memcmp(l->p, what, n);
}

static void step(struct lexer *l, size_t n)
{
    for (; n && l->p < l->end; n--, l->p++) {
        if (*l->p == '\n') l->line++, l->fresh = 1;
    }
}

static size_t to(const struct lexer *l, const char *what)
{
    size_t n = strlen(what);
    const char *p = l->p;
    while ((size_t)(l->end - p) >= n && memcmp(p, what, n)) p++;
    return (size_t)(p - l->p);
}

// blank passes over what is no token: white space, comments, preprocessor lines.
static void blank(struct lexer *l)
{
    while (l->p < l->end) {
        if (at(l, "// SOLUTION BEGIN")) l->inside = 1;
        if (at(l, "// SOLUTION END")) l->inside = 0;
        if (isspace((unsigned char)*l->p)) {
            step(l, 1);
        } else if (at(l, "//")) {
            step(l, to(l, "\n"));
        } else if (at(l, "/*")) {
            step(l, 2);
            step(l, to(l, "*/") + 2);
        } else if (*l->p == '#' && l->fresh) {
            do {
                step(l, to(l, "\n") + 1);
            } while (l->p - l->begin >= 2 && l->p[-2] == '\\');
        } else {
            return;
        }
    }
}

static size_t word(const struct lexer *l)
{
    const char *p = l->p;
    while (p < l->end && (isalnum((unsigned char)*p) || *p == '_')) p++;
    return (size_t)(p - l->p);
}

static size_t quoted(const struct lexer *l)
{
    const char *p = l->p + 1;
    while (p < l->end && *p != *l->p) p += *p == '\\' ? 2 : 1;
    return (size_t)(p - l->p) + 1;
}

// number: digits, letters and points, and signs behind an exponent.
static size_t number(const struct lexer *l, enum token_kind *kind)
{
    int hex = at(l, "0x") || at(l, "0X");
    const char *p = l->p, *exponent = hex ? "pP" : "eE";
    *kind = TOKEN_INTEGER;
    for (; p < l->end && (isalnum((unsigned char)*p) || *p == '.'); p++) {
        if (*p == '.') *kind = TOKEN_FLOAT;
        if (!strchr(exponent, *p)) continue;
        *kind = TOKEN_FLOAT;
        if (p + 1 < l->end && (p[1] == '+' || p[1] == '-')) p++;
    }
    return (size_t)(p - l->p);
}

static struct token next(struct lexer *l)
{
    struct token t = {.kind = TOKEN_SIGN, .size = 1};
    if (isalpha((unsigned char)*l->p) || *l->p == '_') {
        t.kind = TOKEN_NAME;
        t.size = word(l);
    } else if (isdigit((unsigned char)*l->p)) {
        t.size = number(l, &t.kind);
    } else if (*l->p == '"' || *l->p == '\'') {
        t.kind = *l->p == '"' ? TOKEN_STRING : TOKEN_INTEGER;
        t.size = quoted(l);
    } else {
        for (size_t i = sizeof SIGNS / sizeof *SIGNS; i-- > 0;) {
            if (at(l, SIGNS[i])) t.size = strlen(SIGNS[i]);
        }
    }
    t.at = (size_t)(l->p - l->begin);
    t.line = l->line;
    t.ours = l->inside || !l->marks;
    step(l, t.size);
    l->fresh = 0;
    return t;
}

struct source lex_read(size_t size, const char *text, struct arena *a)
{
    struct lexer l = {.p = text, .begin = text, .end = text + size, .fresh = 1};
    l.marks = to(&l, "// SOLUTION BEGIN") + strlen("// SOLUTION BEGIN") <= size;
    struct source s = {.text = text, .size = size};
    s.token = arena_alloc(a, (size + 1) * sizeof *s.token);
    int braces = 0, parens = 0;
    const char *function = "file";
    for (blank(&l); l.p < l.end; blank(&l)) {
        struct token *t = &s.token[s.count++];
        *t = next(&l);
        size_t i = s.count - 1;
        if (lex_among(&s, i, ") ]")) parens--;
        if (lex_is(&s, i, "}")) braces--;
        // A name before a parenthesis, outside everything, is a function's.
        if (!braces && !parens && i && lex_is(&s, i, "(") && t[-1].kind == TOKEN_NAME) {
            function = lex_text(&s, t[-1].at, t[-1].at + t[-1].size, a);
            for (size_t back = i; back-- > 0 && t->line == s.token[back].line;)
                s.token[back].function = function;
        }
        t->braces = braces;
        t->parens = parens;
        t->function = function;
        if (!braces && !parens && lex_among(&s, i, "; }")) function = "file";
        if (lex_among(&s, i, "( [")) parens++;
        if (lex_is(&s, i, "{")) braces++;
    }
    return s;
}

int lex_is(const struct source *s, size_t i, const char *what)
{
    return i < s->count && s->token[i].size == strlen(what) &&
           !memcmp(s->text + s->token[i].at, what, s->token[i].size);
}

int lex_among(const struct source *s, size_t i, const char *list)
{
    if (i >= s->count) return 0;
    size_t n = s->token[i].size;
    for (const char *p = list; *p; p += p[strcspn(p, " ")] ? strcspn(p, " ") + 1 : strlen(p)) {
        if (strcspn(p, " ") == n && !memcmp(p, s->text + s->token[i].at, n)) return 1;
    }
    return 0;
}

char *lex_text(const struct source *s, size_t begin, size_t end, struct arena *a)
{
    char *out = arena_alloc(a, end - begin + 1), *p = out;
    for (size_t i = begin; i < end; i++) {
        int space = isspace((unsigned char)s->text[i]);
        if (space && p > out && p[-1] == ' ') continue;
        *p++ = space ? ' ' : s->text[i];
    }
    *p = 0;
    return out;
}
