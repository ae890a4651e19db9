// view: what is printed of views, and what is refused.
#include "view.h"

#include <criterion/criterion.h>
#include <string.h>

static void prints(const char *shape, const char *words, const char *want)
{
    char got[1000] = "";
    struct error e;
    FILE *f = tmpfile();
    cr_assert_eq(view_print(shape, words, f, &e), ERR_NONE);
    rewind(f);
    got[fread(got, 1, sizeof got - 1, f)] = 0;
    fclose(f);
    cr_assert_str_eq(got, want);
}

Test(view, tables)
{
    prints("2 3", "",
           "shape (2, 3), strides (3, 1), from 0, contiguous\n   0   1   2\n   3   4   5\n");
    prints("", "", "shape (), strides (), from 0, contiguous\n   0\n");
    prints("2 1 2", "",
           "shape (2, 1, 2), strides (2, 2, 1), from 0, contiguous\n"
           "   0   1\n\n   2   3\n");
}

Test(view, words)
{
    prints("2", " ;at 1;; ",
           "shape (2), strides (1), from 0, contiguous\n   0   1\n\n"
           "at 1: element (1) stands at 1\n");
    prints("2", "slice 0 1 2 -1;broadcast 2 2;slice 0 0 1 1",
           "shape (2), strides (1), from 0, contiguous\n   0   1\n\n"
           "slice 0 1 2 -1: shape (2), strides (-1), from 1\n   1   0\n\n"
           "broadcast 2 2: shape (2, 2), strides (0, -1), from 1\n   1   0\n   1   0\n\n"
           "slice 0 0 1 1: shape (1, 2), strides (0, -1), from 1\n   1   0\n");
    prints("1 2", "transpose 0 1; reshape 2",
           "shape (1, 2), strides (2, 1), from 0, contiguous\n   0   1\n\n"
           "transpose 0 1: shape (2, 1), strides (1, 2), from 0, contiguous\n   0\n   1\n\n"
           "reshape 2: shape (2), strides (1), from 0, contiguous\n   0   1\n");
}

Test(view, refuses)
{
    static const char *const CASES[][2] = {
        {"2 x", ""},
        {"0", ""},
        {"-1", ""},
        {"1 1 1 1 1", ""},
        {"70000", ""},
        {"300 300", ""},
        {"2 3", "turn"},
        {"2 3", "transpose 0"},
        {"2 3", "transpose 0 2"},
        {"2 3", "transpose -1 0"},
        {"2 3", "slice 0 0 3 1"},
        {"2 3", "slice 0 1 2 1"},
        {"2 3", "slice 0 0 2 -1"},
        {"2 3", "slice 1 0 1 0"},
        {"2 3", "slice 2 0 1 1"},
        {"2 3", "slice 0 0 1"},
        {"2 3", "broadcast 3"},
        {"2 3", "broadcast 4 3"},
        {"2 3", "broadcast 2 3 4"},
        {"2 3", "reshape 5"},
        {"2 3", "reshape 2 x"},
        {"2 3", "transpose 0 1; reshape 6"},
        {"2 3", "at 2 0"},
        {"2 3", "at 0"},
        {"2 3", "at 0 0 0"},
        {"2 3", "a word that is much longer than any that there is"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct error e = {0};
        FILE *f = tmpfile();
        cr_assert_eq(view_print(CASES[i][0], CASES[i][1], f, &e), ERR_VALUE, "%s: %s", CASES[i][0],
                     CASES[i][1]);
        cr_assert(strstr(e.text, "expected") || strstr(e.text, "cannot"), "%s", e.text);
        cr_assert_eq(ftell(f), 0, "something was printed");
        fclose(f);
    }
}
