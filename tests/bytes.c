// bytes: every character, every kind of byte sequence that is none, and character vocabularies.
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lesson.h"
#include "random.h"

FUNCTION(bytes_decode, 4);
FUNCTION(bytes_encode, 3);
FUNCTION(chars_new, 3);
FUNCTION(chars_encode, 3);

enum { UNTOUCHED = -77, CODES = 0x110000 };

// --- a second opinion ------------------------------------------------------------------------
// Table 3-7 of the Unicode Standard, row by row: which bytes may stand where.

static const struct {
    int32_t first;  // the character of the row's lowest bytes
    int length;
    unsigned char low[4], high[4];
} TABLE[] = {
    {0x0000, 1, {0x00}, {0x7F}},
    {0x0080, 2, {0xC2, 0x80}, {0xDF, 0xBF}},
    {0x0800, 3, {0xE0, 0xA0, 0x80}, {0xE0, 0xBF, 0xBF}},
    {0x1000, 3, {0xE1, 0x80, 0x80}, {0xEC, 0xBF, 0xBF}},
    {0xD000, 3, {0xED, 0x80, 0x80}, {0xED, 0x9F, 0xBF}},
    {0xE000, 3, {0xEE, 0x80, 0x80}, {0xEF, 0xBF, 0xBF}},
    {0x10000, 4, {0xF0, 0x90, 0x80, 0x80}, {0xF0, 0xBF, 0xBF, 0xBF}},
    {0x40000, 4, {0xF1, 0x80, 0x80, 0x80}, {0xF3, 0xBF, 0xBF, 0xBF}},
    {0x100000, 4, {0xF4, 0x80, 0x80, 0x80}, {0xF4, 0x8F, 0xBF, 0xBF}},
};
enum { ROWS = sizeof TABLE / sizeof *TABLE };

// table_decode does by the table what bytes_decode does.
static int table_decode(size_t size, const unsigned char *p, int32_t *code)
{
    for (int row = 0; row < ROWS; row++) {
        int length = TABLE[row].length, i = 0;
        if (size < (size_t)length) continue;
        while (i < length && p[i] >= TABLE[row].low[i] && p[i] <= TABLE[row].high[i]) i++;
        if (i < length) continue;
        // The row's characters are counted up, 64 by 64.
        int32_t value = 0;
        for (i = 0; i < length; i++) value = 64 * value + p[i] - TABLE[row].low[i];
        *code = TABLE[row].first + value;
        return length;
    }
    return 0;
}

// table_encode does by the table what bytes_encode does.
static int table_encode(int32_t code, unsigned char *out)
{
    for (int row = ROWS - 1; row >= 0 && code < CODES; row--) {
        if (code < TABLE[row].first) continue;
        int length = TABLE[row].length;
        int32_t rest = code - TABLE[row].first;
        unsigned char bytes[4] = {0};
        for (int i = length - 1; i >= 0; i--, rest /= 64)
            bytes[i] = (unsigned char)(TABLE[row].low[i] + (i ? rest % 64 : rest));
        // Where low is not 0x80 the byte may run over into the one before: it has not, if it fits.
        int32_t back = -1;
        if (table_decode((size_t)length, bytes, &back) != length || back != code) return 0;
        memcpy(out, bytes, (size_t)length);
        return length;
    }
    return 0;
}

// --- inputs ----------------------------------------------------------------------------------
// No text here has a zero behind its end that could hide who reads too far: there stand bytes that
// a character could go on with, or nothing that may be read.

// GOES_ON is put behind a text.
enum { GOES_ON = 0xBF, BEHIND = 16 };

// followed returns a copy of a text that has bytes behind it that could go on.
static const char *followed(size_t size, const char *text)
{
    char *memory = malloc(size + BEHIND);
    if (!memory) die("out of memory: a text of %zu bytes", size);
    memset(memory, size ? GOES_ON : 'A', size + BEHIND);
    if (size) memcpy(memory, text, size);
    const char *input = lesson_input(size + BEHIND, memory);
    free(memory);
    return input;
}

// brief quotes a text for given(), in about `room` columns.
static const char *brief(size_t size, const char *text, size_t room)
{
    size_t shown = size < 60 ? size : 60;
    const char *quoted = lesson_quote(shown, text);
    while (shown && strlen(quoted) > room) quoted = lesson_quote(--shown, text);
    if (shown == size) return quoted;
    static char cut[4][120];
    static int turn;
    turn = (turn + 1) % 4;
    snprintf(cut[turn], sizeof cut[turn], "%s… (%zu bytes)", quoted, size);
    return cut[turn];
}

// --- bytes_decode ----------------------------------------------------------------------------

// expect_character compares code points, and names them as people do.
static int expect_character(const char *what, int32_t got, int32_t want)
{
    char text[160];
    snprintf(text, sizeof text,
             got < 0 ? "%s: should be U+%04X, is %d" : "%s: should be U+%04X, is U+%04X", what,
             (unsigned)want, (unsigned)got);
    return expect_int(text, got, want);
}

// decodes gives bytes_decode a text, and compares length and character with what is wanted.  A
// length of 0: refused.
static void decodes(size_t size, const char *text, int length, int32_t code)
{
    int32_t got = UNTOUCHED;
    given("size = %zu, text = %s", size, lesson_quote(size, text));
    int returned = bytes_decode(size, followed(size, text), &got);
    int right = expect_int("bytes_decode returns the length", returned, length);
    if (length) {
        right &= expect_character("*code", got, code);
    } else if (returned) {
        right &= expect_int("*code, which is left alone where 0 is returned", got, UNTOUCHED);
    } else {
        char what[80];
        snprintf(what, sizeof what, "*code, left alone where 0 is returned: it was %d, is %d",
                 UNTOUCHED, got);
        right &= expect_true(what, got == UNTOUCHED);
    }
    if (!right) return;
    const char *alone = lesson_input(size, text);
    expect_int("bytes_decode, where nothing behind the text may be read",
               bytes_decode(size, alone, &got), length);
}

#define DECODES(text, length, code) decodes(sizeof(text) - 1, text, length, code)
#define REFUSES(text) decodes(sizeof(text) - 1, text, 0, 0)

TEST(bytes_decode, one_byte)
{
    DECODES("A", 1, 'A');
    DECODES("z", 1, 'z');
    DECODES("\n", 1, '\n');
    DECODES("\x7F", 1, 0x7F);
    DECODES("\0", 1, 0);
    for (int32_t code = 0; code < 0x80; code++) decodes(1, (char[]){(char)code}, 1, code);
}

TEST(bytes_decode, two_bytes)
{
    DECODES("\xD0\xB9", 2, 0x439);  // й
    DECODES("\xC3\xA9", 2, 0xE9);   // é
    DECODES("\xC2\x80", 2, 0x80);
    DECODES("\xDF\xBF", 2, 0x7FF);
    DECODES("\xD0\x80", 2, 0x400);
    DECODES("\xD1\x8F", 2, 0x44F);  // я
}

TEST(bytes_decode, three_bytes)
{
    DECODES("\xE2\x82\xAC", 3, 0x20AC);  // €
    DECODES("\xED\x95\x9C", 3, 0xD55C);  // 한
    DECODES("\xE0\xA0\x80", 3, 0x800);
    DECODES("\xE1\x80\x80", 3, 0x1000);
    DECODES("\xED\x9F\xBF", 3, 0xD7FF);
    DECODES("\xEE\x80\x80", 3, 0xE000);
    DECODES("\xEF\xBF\xBF", 3, 0xFFFF);
}

TEST(bytes_decode, four_bytes)
{
    DECODES("\xF0\x9F\x99\x82", 4, 0x1F642);  // 🙂
    DECODES("\xF0\x90\x80\x80", 4, 0x10000);
    DECODES("\xF0\x90\x8D\x88", 4, 0x10348);
    DECODES("\xF1\x80\x80\x80", 4, 0x40000);
    DECODES("\xF3\xBF\xBF\xBF", 4, 0xFFFFF);
    DECODES("\xF4\x8F\xBF\xBF", 4, 0x10FFFF);
}

TEST(bytes_decode, the_first_of_several)
{
    DECODES("ab", 1, 'a');
    DECODES("a\xD0\xB9", 1, 'a');
    DECODES("\xD0\xB9 ", 2, 0x439);
    DECODES("\xE2\x82\xAC\xE2\x82\xAC", 3, 0x20AC);
    DECODES("\xF0\x9F\x99\x82\xF0\x9F\x99\x82", 4, 0x1F642);
    DECODES("a\xFF", 1, 'a');
    DECODES("\xD0\xB9\xFF", 2, 0x439);
}

TEST(bytes_decode, no_text)
{
    REFUSES("");
}

TEST(bytes_decode, cut_off)
{
    REFUSES("\xD0");
    REFUSES("\xE2");
    REFUSES("\xE2\x82");
    REFUSES("\xF0");
    REFUSES("\xF0\x9F");
    REFUSES("\xF0\x9F\x99");
}

TEST(bytes_decode, bytes_that_begin_nothing)
{
    REFUSES("\x80");
    REFUSES("\xBF");
    REFUSES("\xFF");
}

TEST(bytes_decode, longer_than_needed)
{
    REFUSES("\xC0\x80");
    REFUSES("\xC1\xBF");
    REFUSES("\xE0\x80\xAF");  // a `/`, as in the lesson
    REFUSES("\xE0\x80\x80");
    REFUSES("\xE0\x9F\xBF");
    REFUSES("\xF0\x80\x80\x80");
    REFUSES("\xF0\x8F\xBF\xBF");
}

TEST(bytes_decode, surrogates)
{
    REFUSES("\xED\xA0\x80");
    REFUSES("\xED\xAF\xBF");
    REFUSES("\xED\xB0\x80");
    REFUSES("\xED\xBF\xBF");
}

TEST(bytes_decode, above_the_last_character)
{
    REFUSES("\xF4\x90\x80\x80");
    REFUSES("\xF4\xBF\xBF\xBF");
    REFUSES("\xF5\x80\x80\x80");
    REFUSES("\xF7\xBF\xBF\xBF");
}

// With others behind it that could go on.
TEST(bytes_decode, every_byte_that_begins_nothing)
{
    for (int lead = 0x80; lead < 0x100; lead++) {
        if (lead == 0xC2) lead = 0xF5;
        decodes(4, (char[]){(char)lead, (char)0x90, (char)0x90, (char)0x90}, 0, 0);
    }
}

TEST(bytes_decode, what_does_not_go_on)
{
    static const char *const whole[] = {"\xD0\xB9", "\xE2\x82\xAC", "\xF0\x9F\x99\x82"};
    static const unsigned char wrong[] = {'z', 0x00, 0x7F, 0xC0, 0xD0, 0xFF};
    for (size_t length = 2; length <= 4; length++) {
        for (size_t at = 1; at < length; at++) {
            for (size_t i = 0; i < sizeof wrong; i++) {
                char text[5];
                memcpy(text, whole[length - 2], length + 1);
                text[at] = (char)wrong[i];
                decodes(length, text, 0, 0);
            }
        }
    }
}

TEST(bytes_decode, every_character)
{
    int wrong = 0;
    for (int32_t code = 0; code < CODES; code++) {
        unsigned char text[5] = {GOES_ON, GOES_ON, GOES_ON, GOES_ON, GOES_ON};
        int32_t got = UNTOUCHED;
        int length = table_encode(code, text);
        if (!length) continue;
        if (bytes_decode((size_t)length, (char *)text, &got) == length && got == code) continue;
        if (wrong++ == 0) decodes((size_t)length, (char *)text, length, code);
    }
    given("each of the 1112064 characters, one by one");
    expect_int("characters that bytes_decode gets wrong", wrong, 0);
}

// All pairs of bytes, and behind them what lies at the edges of what may go on.
TEST(bytes_decode, every_beginning)
{
    static const unsigned char edge[] = {0x80, 0xBF, 0x00, 0x7F, 0xC0, 0xFF};
    int wrong = 0;
    for (int first = 0; first < 256 * 256 * 36; first++) {
        int pair = first / 36;
        unsigned char text[5] = {(unsigned char)(pair >> 8), (unsigned char)pair,
                                 edge[first / 6 % 6], edge[first % 6], GOES_ON};
        int32_t got = UNTOUCHED, want = UNTOUCHED;
        int length = table_decode(4, text, &want);
        if (bytes_decode(4, (char *)text, &got) == length && got == want) continue;
        if (wrong++ == 0) decodes(4, (char *)text, length, want);
    }
    given("every pair of bytes, then each two of 80 BF 00 7F C0 FF");
    expect_int("texts that bytes_decode judges otherwise than the table in the lesson", wrong, 0);
}

// --- bytes_encode ----------------------------------------------------------------------------

// encodes compares what bytes_encode writes, in memory that held "####".
static void encodes(int32_t code, int length, const char *bytes)
{
    char got[4] = {'#', '#', '#', '#'}, want[4] = {'#', '#', '#', '#'};
    memcpy(want, bytes, (size_t)length);
    if (code < 0)
        given("code = %d, out holds \"####\"", code);
    else
        given("code = U+%04X, out holds \"####\"", (unsigned)code);
    expect_int("bytes_encode returns the length", bytes_encode(code, got), length);
    expect_bytes("the 4 bytes of out", 4, got, 4, want);
}

TEST(bytes_encode, one_byte)
{
    encodes('A', 1, "A");
    encodes(0, 1, "\0");
    encodes(0x7F, 1, "\x7F");
    for (int32_t code = 0; code < 0x80; code++) encodes(code, 1, (char[]){(char)code});
}

TEST(bytes_encode, two_bytes)
{
    encodes(0x439, 2, "\xD0\xB9");  // й
    encodes(0xA2, 2, "\xC2\xA2");   // ¢
    encodes(0x80, 2, "\xC2\x80");
    encodes(0x7FF, 2, "\xDF\xBF");
}

TEST(bytes_encode, three_bytes)
{
    encodes(0x20AC, 3, "\xE2\x82\xAC");  // €
    encodes(0x800, 3, "\xE0\xA0\x80");
    encodes(0xD7FF, 3, "\xED\x9F\xBF");
    encodes(0xE000, 3, "\xEE\x80\x80");
    encodes(0xFFFF, 3, "\xEF\xBF\xBF");
}

TEST(bytes_encode, four_bytes)
{
    encodes(0x1F642, 4, "\xF0\x9F\x99\x82");  // 🙂
    encodes(0x10000, 4, "\xF0\x90\x80\x80");
    encodes(0x10348, 4, "\xF0\x90\x8D\x88");
    encodes(0x10FFFF, 4, "\xF4\x8F\xBF\xBF");
}

TEST(bytes_encode, what_is_no_character)
{
    encodes(0xD800, 0, "");
    encodes(0xDBFF, 0, "");
    encodes(0xDC00, 0, "");
    encodes(0xDFFF, 0, "");
    encodes(0x110000, 0, "");
    encodes(-1, 0, "");
    encodes(0x1FFFFF, 0, "");
    encodes(0x200041, 0, "");
    encodes(INT32_MAX, 0, "");
    encodes(INT32_MIN, 0, "");
}

TEST(bytes_encode, every_number)
{
    int wrong = 0;
    for (int32_t code = -300; code < CODES + 300; code++) {
        char got[4] = {'#', '#', '#', '#'}, want[4] = {'#', '#', '#', '#'};
        int length = table_encode(code, (unsigned char *)want);
        if (bytes_encode(code, got) == length && memcmp(got, want, 4) == 0) continue;
        if (wrong++ == 0) encodes(code, length, want);
    }
    given("each number from -300 to 0x110000 + 299");
    expect_int("numbers that bytes_encode gets wrong", wrong, 0);
}

// --- chars_new -------------------------------------------------------------------------------

// struct characters: bytes of characters, one after the other, for comparing whole vocabularies.
struct characters {
    size_t size;
    char bytes[400];
};

static struct characters all_of(const struct chars *c)
{
    struct characters all = {0};
    for (int32_t id = 0; id < chars_vocab(c); id++) {
        size_t size;
        const char *bytes = chars_bytes(c, id, &size);
        if (all.size + size > sizeof all.bytes) break;
        memcpy(all.bytes + all.size, bytes, size);
        all.size += size;
    }
    return all;
}

// vocabulary is chars_new where it should succeed; NULL if it does not.
static struct chars *vocabulary(size_t size, const char *text)
{
    struct chars *c = NULL;
    struct error e = {0};
    given("text = %s", brief(size, text, 60));
    enum err code = chars_new(size, followed(size, text), &c, &e);
    return expect_code("chars_new", code, ERR_NONE) ? c : NULL;
}

// makes compares a text's vocabulary with V characters, `want` in the order of their ids.
static void makes(size_t size, const char *text, int V, size_t want_size, const char *want)
{
    struct chars *c = vocabulary(size, text);
    if (!c) return;
    // What a vocabulary too large holds in its last places nobody knows.
    if (expect_int("chars_vocab: how many characters", chars_vocab(c), V)) {
        struct characters got = all_of(c);
        expect_bytes("the characters in the order of their ids", got.size, got.bytes, want_size,
                     want);
    }
    chars_free(c);
}

#define MAKES(text, V, want) makes(sizeof(text) - 1, text, V, sizeof(want) - 1, want)

TEST(chars_new, letters)
{
    MAKES("a", 1, "a");
    MAKES("ab", 2, "ab");
    MAKES("ba", 2, "ab");
    MAKES("aaaa", 1, "a");
    MAKES("hello", 4, "ehlo");
    MAKES("to be\nor not", 8, "\n benort");
}

TEST(chars_new, characters_of_several_bytes)
{
    MAKES("\xD0\xB9", 1, "\xD0\xB9");
    MAKES("\xD1\x8F\xD0\xB9\xD1\x8F", 2, "\xD0\xB9\xD1\x8F");
    MAKES("\xE2\x82\xAC"
          "5",
          2,
          "5"
          "\xE2\x82\xAC");
    MAKES("\xF0\x9F\x99\x82", 1, "\xF0\x9F\x99\x82");
    MAKES("z\xF0\x9F\x99\x82"
          "baab\xD0\xB6\xE2\x82\xAC\n!z",
          8, "\n!abz\xD0\xB6\xE2\x82\xAC\xF0\x9F\x99\x82");
}

TEST(chars_new, a_zero_is_a_character)
{
    MAKES("\0", 1, "\0");
    MAKES("b\0a", 3,
          "\0"
          "ab");
}

TEST(chars_new, the_first_and_the_last_of_each_length)
{
    MAKES("\x7F", 1, "\x7F");
    MAKES("\xC2\x80", 1, "\xC2\x80");
    MAKES("\xDF\xBF", 1, "\xDF\xBF");
    MAKES("\xE0\xA0\x80", 1, "\xE0\xA0\x80");
    MAKES("\xEF\xBF\xBF", 1, "\xEF\xBF\xBF");
    MAKES("\xF0\x90\x80\x80", 1, "\xF0\x90\x80\x80");
    MAKES("\xF4\x8F\xBF\xBF", 1, "\xF4\x8F\xBF\xBF");
    MAKES("\xF4\x8F\xBF\xBF\xF0\x90\x80\x80\xEF\xBF\xBF\xE0\xA0\x80\xDF\xBF\xC2\x80\x7F", 7,
          "\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF");
}

// place_in and character_in return what a message names by "byte 3" and "U+0416"; -1: nothing.
static int place_in(const struct error *e)
{
    const char *at = strstr(e->text, "byte ");
    int place;
    return at && sscanf(at, "byte %d", &place) == 1 ? place : -1;
}

static int character_in(const struct error *e)
{
    const char *at = strstr(e->text, "U+");
    unsigned code;
    return at && sscanf(at, "U+%x", &code) == 1 ? (int)code : -1;
}

// refuses_text compares how chars_new fails; place -1: without naming one.
static void refuses_text(size_t size, const char *text, enum err code, int place)
{
    char other;
    struct chars *before = (struct chars *)&other, *c = before;
    struct error e = {0};
    given("text = %s", lesson_quote(size, text));
    if (!expect_code("chars_new", chars_new(size, followed(size, text), &c, &e), code)) return;
    expect_code("the code in e", e.code, code);
    if (place >= 0) expect_int("the place that the message names: byte N", place_in(&e), place);
    if (!expect_true("*c is left alone", c == before)) return;
    expect_code("chars_new, where nothing behind the text may be read",
                chars_new(size, lesson_input(size, text), &c, &e), code);
}

#define REFUSES_TEXT(text, place) refuses_text(sizeof(text) - 1, text, ERR_UTF8, place)

TEST(chars_new, bad_utf8_is_refused_at_its_place)
{
    REFUSES_TEXT("\xFF", 0);
    REFUSES_TEXT("a\xFF", 1);
    REFUSES_TEXT("abc\xD0z", 3);
    REFUSES_TEXT("\xD0\xB9\xFF", 2);
    REFUSES_TEXT("a\xE2\x82\xACz\xB9z", 5);
    REFUSES_TEXT("aaa\xC0\x80", 3);
    REFUSES_TEXT("\xF0\x9F\x99\x82\xED\xA0\x80", 4);
    REFUSES_TEXT("\xFE\xFF", 0);
}

TEST(chars_new, the_end_cuts_a_character_off)
{
    REFUSES_TEXT("\xD0", 0);
    REFUSES_TEXT("a\xD0", 1);
    REFUSES_TEXT("ab\xD0", 2);
    REFUSES_TEXT("\xD0\xB9\xE2\x82", 2);
    REFUSES_TEXT("ab\xF0\x9F\x99", 2);
}

// Few enough that the closer look counts what has not been freed.
TEST(chars_new, a_refused_text_leaves_nothing_behind)
{
    REFUSES_TEXT("a\xFF", 1);
}

TEST(chars_new, no_text)
{
    refuses_text(0, "", ERR_VALUE, -1);
}

// join writes the characters to text in UTF-8 and returns the size.
static size_t join(size_t n, const int32_t *code, char *text)
{
    size_t size = 0;
    for (size_t i = 0; i < n; i++)
        size += (size_t)table_encode(code[i], (unsigned char *)text + size);
    return size;
}

// draw draws n characters, of all lengths.
static void draw(struct random *r, size_t n, int32_t *code)
{
    static const int32_t least[] = {'a', 0x430, 0x4E00, 0x1F600};
    for (size_t i = 0; i < n; i++)
        code[i] = least[(int)(random_float(r) * 4)] + (int32_t)(random_float(r) * 12);
}

static int ascending(const void *a, const void *b)
{
    const int32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

TEST(chars_new, random_texts)
{
    for (int round = 0; round < 50; round++) {
        struct random r = random_start((uint64_t)round, RANDOM_TEST);
        int32_t code[50];
        char text[200], want[200];
        size_t n = 1 + (size_t)round, V = 0;
        draw(&r, n, code);
        size_t size = join(n, code, text);
        qsort(code, n, sizeof *code, ascending);
        for (size_t i = 0; i < n; i++) {
            if (i == 0 || code[i] != code[i - 1]) code[V++] = code[i];
        }
        makes(size, text, (int)V, join(V, code, want), want);
    }
}

TEST(chars_new, thousands_of_characters)
{
    enum { EVERY = 101 };
    static char text[4 * (CODES / EVERY + 1)];
    size_t size = 0;
    int V = 0, wrong = 0;
    for (int32_t code = CODES - 1; code >= 0; code -= EVERY) {
        int length = table_encode(code, (unsigned char *)text + size);
        size += (size_t)length;
        V += length > 0;
    }
    struct chars *c = NULL;
    given("every 101st character from U+10FFFF down, %zu bytes", size);
    if (!expect_code("chars_new", chars_new(size, text, &c, NULL), ERR_NONE)) return;
    if (expect_int("chars_vocab: how many characters", chars_vocab(c), V)) {
        // The last of the text is the first of the vocabulary.
        size_t end = size, bytes;
        for (int32_t id = 0; id < V; id++, end -= bytes) {
            const char *got = chars_bytes(c, id, &bytes);
            if (bytes > end || memcmp(got, text + end - bytes, bytes) != 0) {
                wrong++;
                break;
            }
        }
        expect_int("characters out of order", wrong, 0);
    }
    chars_free(c);
}

// --- chars_encode ----------------------------------------------------------------------------

// gives compares the ids of a text, in the vocabulary of another text.
static void gives(size_t known_size, const char *known, size_t size, const char *text, size_t n,
                  const int32_t *want)
{
    struct chars *c = vocabulary(known_size, known);
    if (!c) return;
    int32_t *ids = NULL;
    size_t count = 0;
    struct error e = {0};
    given("vocabulary %s, text %s", brief(known_size, known, 24), brief(size, text, 24));
    const char *input = followed(size, text);
    if (expect_code("chars_encode", chars_encode(c, size, input, &ids, &count, &e), ERR_NONE)) {
        expect_ids("the ids", count, ids, n, want);
        if (!n) expect_true("*ids is not NULL where there are none", ids != NULL);
        free(ids);
    }
    chars_free(c);
}

#define GIVES(known, text, ...)                             \
    gives(sizeof(known) - 1, known, sizeof(text) - 1, text, \
          sizeof((int32_t[]){__VA_ARGS__}) / sizeof(int32_t), (const int32_t[]){__VA_ARGS__})

TEST(chars_encode, letters)
{
    GIVES("a", "a", 0);
    GIVES("ab", "b", 1);
    GIVES("ab", "ba", 1, 0);
    GIVES("abd", "dad", 2, 0, 2);
    GIVES("hello", "hole", 1, 3, 2, 0);
}

TEST(chars_encode, characters_of_several_bytes)
{
    GIVES("\xD0\xB9", "\xD0\xB9", 0);
    GIVES("z\xD0\xB9", "\xD0\xB9z\xD0\xB9", 1, 0, 1);
    GIVES("5\xE2\x82\xAC",
          "\xE2\x82\xAC"
          "5",
          1, 0);
    GIVES("5\xF0\x9F\x99\x82", "\xF0\x9F\x99\x82", 1);
    GIVES("5\xE2\x82\xAC\xF0\x9F\x99\x82",
          "\xF0\x9F\x99\x82\xE2\x82\xAC"
          "5",
          2, 1, 0);
    GIVES("\xD0\x81\xD0\xB6, he: \xE2\x82\xAC", "he\xD0\xB6", 4, 3, 6);
}

TEST(chars_encode, a_zero_is_a_character)
{
    GIVES("\0b", "b\0b", 1, 0, 1);
}

TEST(chars_encode, no_text)
{
    gives(3, "abc", 0, "", 0, NULL);
}

// refuses_ids compares how chars_encode fails.
static void refuses_ids(const char *known, size_t size, const char *text, enum err code, int place,
                        int character)
{
    struct chars *c = vocabulary(strlen(known), known);
    if (!c) return;
    int32_t mark = UNTOUCHED, *ids = &mark;
    size_t count = 42;
    struct error e = {0};
    given("vocabulary %s, text %s", brief(strlen(known), known, 24), brief(size, text, 24));
    enum err got = chars_encode(c, size, followed(size, text), &ids, &count, &e);
    if (expect_code("chars_encode", got, code)) {
        expect_code("the code in e", e.code, code);
        expect_int("the place that the message names: byte N", place_in(&e), place);
        if (character >= 0)
            expect_character("the character that the message names", character_in(&e), character);
        expect_true("*ids is left alone", ids == &mark && mark == UNTOUCHED);
        expect_int("*count, which was 42 before and is left alone", (int64_t)count, 42);
        if (ids == &mark)
            expect_code("chars_encode, where nothing behind the text may be read",
                        chars_encode(c, size, lesson_input(size, text), &ids, &count, &e), code);
    } else if (!got) {
        expect_ids("the ids of what should be refused", count, ids, 0, NULL);
        free(ids);
    }
    chars_free(c);
}

#define UNKNOWN(known, text, place, character) \
    refuses_ids(known, sizeof(text) - 1, text, ERR_SYMBOL, place, character)
#define NOT_UTF8(known, text, place) refuses_ids(known, sizeof(text) - 1, text, ERR_UTF8, place, -1)

TEST(chars_encode, a_character_that_is_not_there)
{
    UNKNOWN("b", "c", 0, 0x0063);
    UNKNOWN("b", "a", 0, 0x0061);
    UNKNOWN("abd", "abcd", 2, 0x0063);
    UNKNOWN("a\xD0\xB9", "\xD0\xB9\xD0\xB6", 2, 0x0436);
    UNKNOWN("a\xD0\xB9", "a\xD0\xB9\xF0\x9F\x99\x82", 3, 0x1F642);
    UNKNOWN("abd", "a\0b", 1, 0x0000);
    UNKNOWN("abd", "xyz", 0, 0x0078);
}

TEST(chars_encode, bad_utf8_is_refused_at_its_place)
{
    NOT_UTF8("ab", "\xFF", 0);
    NOT_UTF8("ab",
             "ab\xFF"
             "b",
             2);
    NOT_UTF8("a\xD0\xB9", "\xD0", 0);
    NOT_UTF8("a\xD0\xBF", "a\xD0", 1);
    NOT_UTF8("a\xD0\xB9", "\xD0\xB9\xD0\xB9\xD0", 4);
    NOT_UTF8("\xE2\x82\xAC", "\xE2\x82\xAC\xE2\x82", 3);
    NOT_UTF8("a\xE2\x82\xBF", "a\xE2\x82", 1);
    NOT_UTF8("ab", "\xC1\xA1", 0);
}

TEST(chars_encode, the_first_of_two_faults)
{
    UNKNOWN("ab", "az\xFF", 1, 0x007A);
    NOT_UTF8("ab", "a\xFFz", 1);
}

TEST(chars_encode, random_texts)
{
    for (int round = 0; round < 50; round++) {
        struct random r = random_start((uint64_t)round, RANDOM_TEST);
        int32_t code[50], want[50];
        char text[200];
        size_t n = 1 + (size_t)round;
        draw(&r, n, code);
        size_t size = join(n, code, text);
        // The id of a character is how many others are below it.
        for (size_t i = 0; i < n; i++) {
            want[i] = 0;
            for (size_t j = 0; j < n; j++) {
                size_t k = 0;
                while (code[k] != code[j]) k++;
                want[i] += k == j && code[j] < code[i];
            }
        }
        gives(size, text, size, text, n, want);
    }
}

// What is encoded comes back, byte by byte, from the vocabulary.
TEST(chars_encode, a_long_text_comes_back)
{
    enum { LENGTH = 20000 };
    static int32_t code[LENGTH];
    static char text[4 * LENGTH];
    struct random r = random_start(1, RANDOM_TEST);
    draw(&r, LENGTH, code);
    size_t size = join(LENGTH, code, text), count = 0, at = 0;
    struct chars *c = NULL;
    int32_t *ids = NULL;
    given("a text of %d characters, %zu bytes", LENGTH, size);
    if (!expect_code("chars_new", chars_new(size, text, &c, NULL), ERR_NONE)) return;
    if (expect_code("chars_encode", chars_encode(c, size, text, &ids, &count, NULL), ERR_NONE)) {
        expect_int("ids", (int64_t)count, LENGTH);
        for (size_t i = 0; i < count; i++) {
            size_t bytes;
            if (ids[i] < 0 || ids[i] >= chars_vocab(c)) break;
            const char *got = chars_bytes(c, ids[i], &bytes);
            if (bytes > size - at || memcmp(got, text + at, bytes) != 0) break;
            at += bytes;
        }
        expect_int("bytes that come back from the ids", (int64_t)at, (int64_t)size);
        free(ids);
    }
    chars_free(c);
}
