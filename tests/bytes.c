// bytes: every character, every kind of byte sequence that is none, and character vocabularies.
#include "bytes.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { UNTOUCHED = -77 };

// A second opinion on which numbers are characters.
static int is_character(int32_t code)
{
    return code >= 0 && code <= 0x10FFFF && code >> 11 != 0x1B;
}

Test(bytes, every_character_comes_back)
{
    for (int32_t code = 0; code <= 0x10FFFF; code++) {
        char out[5] = "####";
        int length = bytes_encode(code, out);
        int expected = !is_character(code) ? 0
                     : code < 0x80         ? 1
                     : code < 0x800        ? 2
                     : code < 0x10000      ? 3
                                           : 4;
        cr_assert_eq(length, expected, "U+%04X: %d bytes", (unsigned)code, length);
        cr_assert_eq(out[length], length < 4 ? '#' : 0, "U+%04X wrote too far", (unsigned)code);
        if (!length) continue;
        int32_t back = UNTOUCHED;
        cr_assert_eq(bytes_decode((size_t)length, out, &back), length);
        cr_assert_eq(back, code, "U+%04X came back as U+%04X", (unsigned)code, (unsigned)back);
        for (int cut = 0; cut < length; cut++)
            cr_assert_eq(bytes_decode((size_t)cut, out, &back), 0, "U+%04X cut to %d",
                         (unsigned)code, cut);
    }
}

Test(bytes, encode_writes_the_bytes_of_the_standard)
{
    static const struct {
        int32_t code;
        const char *bytes;
    } known[] = {{'A', "A"},
                 {0xA2, "\xC2\xA2"},
                 {0x439, "\xD0\xB9"},
                 {0x20AC, "\xE2\x82\xAC"},
                 {0x10348, "\xF0\x90\x8D\x88"},
                 {0x10FFFF, "\xF4\x8F\xBF\xBF"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        char out[5] = "";
        bytes_encode(known[i].code, out);
        cr_assert_str_eq(out, known[i].bytes, "U+%04X", (unsigned)known[i].code);
    }
}

Test(bytes, encode_refuses_what_is_no_character)
{
    static const int32_t bad[] = {-1,     INT32_MIN, 0xD800,   0xDBFF,
                                  0xDC00, 0xDFFF,    0x110000, INT32_MAX};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char out[5] = "####";
        cr_assert_eq(bytes_encode(bad[i], out), 0, "%d", bad[i]);
        cr_assert_str_eq(out, "####", "%d", bad[i]);
    }
}

// Whatever is accepted must be what encode writes; and as many are accepted as there are
// characters of that length.
static int accepted(size_t size, const char *text)
{
    int32_t code = UNTOUCHED;
    int length = bytes_decode(size, text, &code);
    if (length == 0) cr_assert_eq(code, UNTOUCHED);
    if (length != (int)size) return 0;
    char again[4];
    cr_assert_eq(bytes_encode(code, again), length);
    cr_assert_eq(memcmp(again, text, size), 0, "U+%04X has two forms", (unsigned)code);
    return 1;
}

Test(bytes, decode_accepts_nothing_else)
{
    int one = 0, two = 0, three = 0, four = 0;
    for (uint32_t n = 0; n < 1u << 24; n++) {
        char text[4] = {(char)(n >> 16), (char)(n >> 8), (char)n, (char)0xBF};
        if (n < 1 << 8) one += accepted(1, text + 2);
        if (n < 1 << 16) two += accepted(2, text + 1);
        three += accepted(3, text);
        four += accepted(4, text);
    }
    cr_assert_eq(one, 0x80);
    cr_assert_eq(two, 0x800 - 0x80);
    cr_assert_eq(three, 0x10000 - 0x800 - 0x800);
    cr_assert_eq(four, 0x100000 / 64);
}

Test(bytes, decode_looks_at_the_fourth_byte)
{
    for (int last = 0; last < 256; last++) {
        char text[4] = {(char)0xF0, (char)0x9F, (char)0x99, (char)last};
        cr_assert_eq(accepted(4, text), last >= 0x80 && last <= 0xBF, "0x%02X", (unsigned)last);
    }
}

static struct chars *vocabulary(size_t size, const char *text)
{
    struct chars *c;
    struct error e;
    cr_assert_eq(chars_new(size, text, &c, &e), ERR_NONE, "%s", e.text);
    return c;
}

Test(bytes, chars_ascend_with_the_code_points)
{
    static const char text[] = "z\xF0\x9F\x99\x82"
                               "baab\xD0\xB6\xE2\x82\xAC\n\0z";
    static const char *const expected[] = {
        "", "\n", "a", "b", "z", "\xD0\xB6", "\xE2\x82\xAC", "\xF0\x9F\x99\x82"};
    struct chars *c = vocabulary(sizeof text - 1, text);
    cr_assert_eq(chars_vocab(c), 8);
    for (int32_t id = 0; id < 8; id++) {
        size_t size, want = id == 0 ? 1 : strlen(expected[id]);
        const char *bytes = chars_bytes(c, id, &size);
        cr_assert_eq(size, want, "id %d", id);
        cr_assert_eq(memcmp(bytes, expected[id], size), 0, "id %d", id);
    }
    chars_free(c);
}

Test(bytes, chars_text_comes_back)
{
    static const char text[] = "\xD0\x81\xD0\xB6, said he: \xE2\x82\xAC 5 \xF0\x9F\x99\x82\r\n";
    struct chars *c = vocabulary(sizeof text - 1, text);
    int32_t *ids;
    size_t count, at = 0;
    cr_assert_eq(chars_encode(c, sizeof text - 1, text, &ids, &count, NULL), ERR_NONE);
    cr_assert_eq(count, 20);
    for (size_t i = 0; i < count; i++) {
        size_t size;
        const char *bytes = chars_bytes(c, ids[i], &size);
        cr_assert_leq(at + size, sizeof text - 1);
        cr_assert_eq(memcmp(bytes, text + at, size), 0, "id %zu", i);
        at += size;
    }
    cr_assert_eq(at, sizeof text - 1);
    free(ids);
    cr_assert_eq(chars_encode(c, 0, "", &ids, &count, NULL), ERR_NONE);
    cr_assert_eq(count, 0);
    free(ids);
    chars_free(c);
}

Test(bytes, chars_new_refuses_and_names_the_offset)
{
    struct chars *c = (struct chars *)&(char){0}, *before = c;
    struct error e;
    cr_assert_eq(chars_new(5, "abc\xD0z", &c, &e), ERR_UTF8);
    cr_assert_eq(e.code, ERR_UTF8);
    cr_assert_str_eq(e.text, "byte 3: expected a UTF-8 character, found 0xD0");
    cr_assert_eq(chars_new(2, "\xC0\x80", &c, &e), ERR_UTF8);
    cr_assert_eq(chars_new(0, "", &c, &e), ERR_VALUE);
    cr_assert_eq(c, before);
}

Test(bytes, chars_encode_refuses_and_names_the_character)
{
    struct chars *c = vocabulary(3, "abd");
    int32_t mark, *ids = &mark;
    size_t count = 42;
    struct error e;
    cr_assert_eq(chars_encode(c, 4, "abcd", &ids, &count, &e), ERR_SYMBOL);
    cr_assert_str_eq(e.text, "byte 2: U+0063 is not in the vocabulary of 3");
    cr_assert_eq(chars_encode(c, 2, "a@", &ids, &count, &e), ERR_SYMBOL, "below the first");
    cr_assert_eq(chars_encode(c, 2, "az", &ids, &count, &e), ERR_SYMBOL, "above the last");
    cr_assert_eq(chars_encode(c, 4,
                              "ab\xFF"
                              "d",
                              &ids, &count, &e),
                 ERR_UTF8);
    cr_assert_str_eq(e.text, "byte 2: expected a UTF-8 character, found 0xFF");
    cr_assert_eq(ids, &mark);
    cr_assert_eq(count, 42);
    chars_free(c);
}
