#include "match.h"

#include <string.h>

static const char ANY[] = "…";

// trimmed returns the length of s without the white space at its end.
static size_t trimmed(const char *s)
{
    size_t n = strlen(s);
    while (n && strchr(" \t\r", s[n - 1])) n--;
    return n;
}

// find returns the first place in s[0..n) where part[0..m) stands, or NULL.
static const char *find(const char *s, size_t n, const char *part, size_t m)
{
    for (; n >= m; s++, n--) {
        if (!memcmp(s, part, m)) return s;
    }
    return NULL;
}

int match_line(const char *want, const char *got)
{
    const char *end = want + trimmed(want);
    size_t left = trimmed(got);
    for (int first = 1;; first = 0) {
        const char *any = find(want, (size_t)(end - want), ANY, strlen(ANY));
        size_t m = (size_t)((any ? any : end) - want);
        if (left < m) return 0;
        // The first part stands at the beginning, the last at the end, the others at the first
        // place where they fit, which leaves the most for those behind them.
        const char *at = first ? got : any ? find(got, left, want, m) : got + left - m;
        if (!at || memcmp(at, want, m)) return 0;
        left -= (size_t)(at - got) + m;
        got = at + m;
        if (!any) return left == 0;
        want = any + strlen(ANY);
    }
}

char *match_trim(char *line)
{
    line[trimmed(line)] = 0;
    return line;
}

int match_any(const char *want)
{
    want += strspn(want, " \t");
    return trimmed(want) == strlen(ANY) && !memcmp(want, ANY, strlen(ANY));
}

int match_lines(size_t wants, char *const *want, size_t gots, char *const *got, struct arena *a,
                struct apart *apart)
{
    // can[g]: the first w lines of want and the first g of got agree.
    char *can = arena_alloc(a, gots + 1), *next = arena_alloc(a, gots + 1);
    memset(can, 0, gots + 1);
    can[0] = 1;
    for (size_t w = 0;; w++) {
        // The place to report: as far into want as any way leads, and there the first line of got.
        size_t g = 0;
        while (g <= gots && !can[g]) g++;
        if (g > gots) return 0;
        *apart = (struct apart){.w = w, .g = g};
        if (w == wants) {
            return can[gots];
        }
        int any = match_any(want[w]);
        memset(next, 0, gots + 1);
        for (g = 0; g <= gots; g++) {
            if (any)
                next[g] = can[g] || (g && next[g - 1]);
            else if (g < gots && can[g])
                next[g + 1] = (char)match_line(want[w], got[g]);
        }
        char *swap = can;
        can = next;
        next = swap;
    }
}

size_t match_tail(size_t wants, char *const *want, size_t gots, char *const *got, size_t most)
{
    size_t n = 0;
    while (n < wants && n < gots && n < most && !match_any(want[wants - 1 - n]) &&
           match_line(want[wants - 1 - n], got[gots - 1 - n]))
        n++;
    return n;
}
