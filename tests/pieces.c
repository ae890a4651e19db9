// pieces: GPT-2's cuts, special texts, bytes that are no text.
#include "pieces.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"

// What a walk must give: pieces parted by '|', as one string; a special text shows as <number>.
static void expect(const struct pattern *p, size_t size, const char *text, const char *expected)
{
    char got[512] = "";
    struct pieces *w = pieces_start(p, size, text);
    struct piece piece;
    size_t n = 0;
    while (pieces_next(w, &piece)) {
        cr_assert_lt(n + piece.size + 8, sizeof got);
        if (n) got[n++] = '|';
        if (piece.special >= 0)
            n += (size_t)snprintf(got + n, 8, "<%d>", piece.special);
        else
            memcpy(got + n, piece.text, piece.size), n += piece.size;
        got[n] = 0;
    }
    cr_assert_eq(pieces_next(w, &piece), 0, "goes on after the end");
    pieces_end(w);
    cr_assert_str_eq(got, expected, "\n got  %s\n want %s", got, expected);
}

static void expect_plain(const char *text, const char *expected)
{
    struct pattern *p = pattern_new(0, NULL);
    expect(p, strlen(text), text, expected);
    pattern_free(p);
}

// Computed by Hugging Face tokenizers 0.23.3, pre_tokenizers.ByteLevel.
Test(pieces, cuts_as_gpt2_does)
{
    expect_plain("I'll say:  'twas 3\xC2\xBD o'clock\t\t\n\n  DON'T\xC2\xA0go\r\nx  ",
                 "I|'ll| say|:| | '|twas| 3\xC2\xBD| o|'|clock|\t\t\n\n | DON|'|T|\xC2\xA0|go|\r|\n"
                 "|x|  ");
    expect_plain("we're you've he'd she's can't I'm x'q",
                 "we|'re| you|'ve| he|'d| she|'s| can|'t| I|'m| x|'|q");
    expect_plain("\xD0\x81\xD0\xB6 \xD9\xA1\xD9\xA2 \xF0\x9F\x99\x82!a1",
                 "\xD0\x81\xD0\xB6| \xD9\xA1\xD9\xA2| \xF0\x9F\x99\x82!|a|1");
    expect_plain("", "");
}

Test(pieces, white_space_is_unicodes)
{
    // U+0085, U+1680, U+3000 are; U+180E was until 2013; U+200B and U+001C never were.
    expect_plain("a\xC2\x85\xE1\x9A\x80\xE3\x80\x80z", "a|\xC2\x85\xE1\x9A\x80|\xE3\x80\x80|z");
    expect_plain("a\xE1\xA0\x8E\xE2\x80\x8B\x1Cz", "a|\xE1\xA0\x8E\xE2\x80\x8B\x1C|z");
}

Test(pieces, a_run_of_bytes_that_are_no_text_is_one_piece)
{
    expect_plain("ab\xFF\xFE\x80  c", "ab|\xFF\xFE\x80| | c");
    expect_plain("\xE2\x82", "\xE2\x82");
    // The lead byte of a character cut short does not take the letter behind it along.
    expect_plain(" \xD0z\xC0\xC1", " |\xD0|z|\xC0\xC1");
    struct pattern *p = pattern_new(0, NULL);
    struct pieces *w = pieces_start(p, 3, "a\0b");
    struct piece piece;
    for (size_t i = 0; i < 3; i++) {
        cr_assert(pieces_next(w, &piece));
        cr_assert_eq(piece.size, 1, "NUL is a character like others");
    }
    pieces_end(w);
    pattern_free(p);
}

Test(pieces, special_texts_come_first)
{
    static const char *const special[] = {"<|end|>", "<|end|>!", "\xE2\x82\xAC", "aa"};
    struct pattern *p = pattern_new(4, special);
    static const char one[] = "x <|end|><|end|>!? <|en|> <|end|>";
    expect(p, strlen(one), one, "x| |<0>|<1>|?| <||en||>| |<0>");
    expect(p, 9, "a\xE2\x82\xAC\xE2\x82z\xE2\x82\xAC", "a|<2>|\xE2\x82|z|\xE2\x82");
    expect(p, 6, "baaab ", "b|<3>|ab| ");
    expect(p, 6, "<|end|>", "<||end||");
    pattern_free(p);
}

Test(pieces, every_byte_is_in_exactly_one)
{
    static const char *const special[] = {"qq", "q q"};
    static const char some[] = "a Z'sq\n\t9,\xD0\xB6\xE2\x82\xAC\xF0\x9F\x99\x82\xFF\xC2\xA0";
    struct pattern *p = pattern_new(2, special);
    struct random r = random_start(1, RANDOM_TEST);
    for (int round = 0; round < 3000; round++) {
        char text[60];
        size_t size = random_below(&r, sizeof text + 1);
        for (size_t i = 0; i < size; i++) text[i] = some[random_below(&r, sizeof some)];
        struct pieces *w = pieces_start(p, size, text);
        struct piece piece;
        const char *at = text;
        while (pieces_next(w, &piece)) {
            cr_assert_eq(piece.text, at);
            cr_assert_gt(piece.size, 0);
            at += piece.size;
        }
        cr_assert_eq(at, text + size);
        pieces_end(w);
    }
    pattern_free(p);
}

Test(pieces, long_runs_are_one_piece, .timeout = 60)
{
    enum { SIZE = 1 << 20 };
    char *text = malloc(SIZE);
    struct pattern *p = pattern_new(0, NULL);
    static const char of[] = {'a', '7', '!', ' ', (char)0x80};
    for (size_t i = 0; i < sizeof of; i++) {
        memset(text, of[i], SIZE);
        struct pieces *w = pieces_start(p, SIZE, text);
        struct piece piece;
        cr_assert(pieces_next(w, &piece));
        cr_assert_eq(piece.size, SIZE, "0x%02X: %zu", (unsigned char)of[i], piece.size);
        pieces_end(w);
    }
    pattern_free(p);
    free(text);
}
