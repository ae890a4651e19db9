// The base floor: error, arena, hash, random, mathf and file.
#include <criterion/criterion.h>
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arena.h"
#include "error.h"
#include "file.h"
#include "hash.h"
#include "mathf.h"
#include "random.h"

// --- error --------------------------------------------------------------------------------------

Test(error, set_writes_one_line_and_returns_the_code)
{
    struct error e;
    cr_assert_eq(error_set(&e, ERR_SHORT, "%s: byte %d", "w", 7), ERR_SHORT);
    cr_assert_eq(e.code, ERR_SHORT);
    cr_assert_str_eq(e.text, "w: byte 7");
    cr_assert_eq(error_set(NULL, ERR_UTF8, "nobody asks"), ERR_UTF8);
}

Test(error, set_keeps_a_message_printable_and_within_bounds)
{
    struct error e;
    char longer[2000];
    error_set(&e, ERR_VALUE, "a\nb\x1b[2Jc\td\x7f «ü»");
    cr_assert_str_eq(e.text, "a?b?[2Jc?d? «ü»");
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = 0;
    error_set(&e, ERR_VALUE, "%s", longer);
    cr_assert_eq(strlen(e.text), sizeof e.text - 1);
}

// run_child runs f in a child of its own and returns its status and what it wrote to stderr.
static int run_child(void (*f)(void), char *text, size_t room)
{
    int ends[2], status;
    cr_assert_eq(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], 2);
        f();
        _exit(0);
    }
    close(ends[1]);
    size_t n = 0;
    for (ssize_t got = 1; got > 0 && n < room - 1; n += (size_t)got) {
        got = read(ends[0], text + n, room - 1 - n);
        cr_assert(got >= 0);
    }
    text[n] = 0;
    close(ends[0]);
    cr_assert_eq(waitpid(child, &status, 0), child);
    return status;
}

static void call_die(void)
{
    die("out of %s: %d bytes", "memory", 5);
}

static void break_contract(void)
{
    int C = 7, H = 2;
    CHECK(C % H == 0, "C=%d H=%d", C, H);
}

static void keep_contract(void)
{
    int C = 8, H = 2;
    CHECK(C % H == 0, "C=%d H=%d", C, H);
}

Test(error, die_prints_one_line_and_exits_1)
{
    char text[200];
    int status = run_child(call_die, text, sizeof text);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 1, "status %x", (unsigned)status);
    // A sanitizer may add lines of its own at exit.
    static const char LINE[] = "gpt: out of memory: 5 bytes\n";
    cr_assert_eq(strncmp(text, LINE, strlen(LINE)), 0, "%s", text);
}

Test(error, check_prints_the_values_and_aborts)
{
    char text[300];
    int status = run_child(break_contract, text, sizeof text);
    cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, "status %x", (unsigned)status);
    cr_assert(strstr(text, "base.c:"), "%s", text);
    cr_assert(strstr(text, "CHECK(C % H == 0) failed: C=7 H=2\n"), "%s", text);
    status = run_child(keep_contract, text, sizeof text);
    cr_assert(status == 0 && !*text, "status %x: %s", (unsigned)status, text);
}

// --- arena --------------------------------------------------------------------------------------

Test(arena, memory_is_aligned_and_its_own)
{
    enum { N = 4000 };
    struct arena *a = arena_new();
    unsigned char *p[N];
    for (size_t i = 0; i < N; i++) {
        p[i] = arena_alloc(a, i);
        cr_assert_eq((uintptr_t)p[i] % 64, 0, "allocation %zu at %p", i, (void *)p[i]);
        memset(p[i], (int)(i % 251), i);
    }
    // 8 MB over several chunks: none has moved, none overlaps another.
    for (size_t i = 0; i < N; i++) {
        for (size_t k = 0; k < i; k++) cr_assert(p[i][k] == i % 251, "allocation %zu", i);
    }
    arena_free(a);
    arena_free(NULL);
}

// round_of allocates n times `bytes`, and returns the first address and whether all lay in a row.
static char *round_of(struct arena *a, int n, size_t bytes, int *in_a_row)
{
    char *first = arena_alloc(a, bytes), *last = first;
    *in_a_row = 1;
    for (int i = 1; i < n; i++) {
        char *p = arena_alloc(a, bytes);
        *in_a_row &= (uintptr_t)p == (uintptr_t)last + bytes;
        last = p;
    }
    return first;
}

Test(arena, a_second_round_needs_no_new_memory)
{
    struct arena *a = arena_new();
    int in_a_row;
    round_of(a, 100, 64 * 1024, &in_a_row);
    cr_assert_not(in_a_row, "6 MB should not have fitted in the first chunk");
    arena_reset(a);
    char *second = round_of(a, 100, 64 * 1024, &in_a_row);
    cr_assert(in_a_row, "after a reset one chunk should hold what the round before took");
    for (int i = 0; i < 3; i++) {
        arena_reset(a);
        cr_assert_eq(round_of(a, 100, 64 * 1024, &in_a_row), second, "the memory was not kept");
        cr_assert(in_a_row);
    }
    arena_free(a);
}

Test(arena, used_and_peak_count_bytes)
{
    struct arena *a = arena_new();
    cr_assert_eq(arena_used(a), 0);
    arena_alloc(a, 1);
    arena_alloc(a, 64);
    arena_floats(a, 17);
    cr_assert_eq(arena_used(a), 64 + 64 + 128);
    arena_alloc(a, 10 << 20);
    size_t most = arena_used(a);
    cr_assert_eq(most, 256 + (10 << 20));
    arena_reset(a);
    cr_assert_eq(arena_used(a), 0);
    arena_alloc(a, 1000);
    cr_assert_eq(arena_used(a), 1024);
    cr_assert_eq(arena_peak(a), most);
    arena_free(a);
}

Test(arena, zeros_and_strings_do_not_see_what_was_there)
{
    struct arena *a = arena_new();
    memset(arena_alloc(a, 4096), 0xFF, 4096);
    arena_reset(a);
    float *x = arena_zeros(a, 1000);
    for (int i = 0; i < 1000; i++) cr_assert_eq(mathf_bits(x[i]), 0);
    char text[] = "größe";
    char *copy = arena_string(a, text);
    text[0] = 'G';
    cr_assert_str_eq(copy, "größe");
    arena_free(a);
}

// Kept where a leak checker finds it: it looks at what die() leaves behind.
static struct arena *volatile kept;

Test(arena, more_than_there_is_exits, .exit_code = 1)
{
    kept = arena_new();
    arena_alloc(kept, SIZE_MAX);
}

Test(arena, a_size_that_would_wrap_exits, .exit_code = 1)
{
    kept = arena_new();
    arena_alloc(kept, SIZE_MAX - 64);
}

Test(arena, floats_that_would_wrap_exit, .exit_code = 1)
{
    kept = arena_new();
    arena_floats(kept, SIZE_MAX / sizeof(float) + 2);
}

// --- hash ---------------------------------------------------------------------------------------

Test(hash, known_answers)
{
    static const struct {
        const char *text;
        uint64_t hash;
    } KNOWN[] = {
        {"", 0xEF46DB3751D8E999u},
        {"a", 0xD24EC4F1A98C6E5Bu},
        {"abc", 0x44BC2CF5AD770999u},
        {"The quick brown fox jumps over the lazy dog", 0x0B242D361FDA71BCu},
    };
    for (int i = 0; i < 4; i++) {
        uint64_t got = hash_bytes(KNOWN[i].text, strlen(KNOWN[i].text));
        cr_assert_eq(got, KNOWN[i].hash, "'%s' gives %016llx", KNOWN[i].text,
                     (unsigned long long)got);
    }
    cr_assert_eq(hash_bytes(NULL, 0), KNOWN[0].hash);
}

static void fill(unsigned char *bytes, int n)
{
    for (int i = 0; i < n; i++) bytes[i] = (unsigned char)(i * 7 + 1);
}

// The XXH64 of the 101 hashes of 0 to 100 bytes, as Python's xxhash 4.1.0 gives it.
Test(hash, every_length_and_seed)
{
    static const uint64_t SEEDS[] = {0, 0x9E3779B97F4A7C15u};
    static const uint64_t WANT[] = {0x43C38624682AFA0Eu, 0xCF3E7550D2A5F870u};
    unsigned char bytes[100];
    fill(bytes, 100);
    for (int s = 0; s < 2; s++) {
        struct hash all, h;
        hash_start(&all, 0);
        for (size_t n = 0; n <= 100; n++) {
            hash_start(&h, SEEDS[s]);
            hash_add(&h, bytes, n);
            uint64_t value = hash_value(&h);
            hash_add(&all, &value, sizeof value);
        }
        cr_assert_eq(hash_value(&all), WANT[s]);
    }
}

Test(hash, pieces_give_the_hash_of_the_whole)
{
    unsigned char bytes[100];
    fill(bytes, 100);
    uint64_t want = hash_bytes(bytes, 100);
    for (size_t i = 0; i <= 100; i++) {
        for (size_t k = i; k <= 100; k++) {
            struct hash h;
            hash_start(&h, 0);
            hash_add(&h, bytes, i);
            hash_add(&h, NULL, 0);
            cr_assert_eq(hash_value(&h), hash_bytes(bytes, i), "asking early, at %zu", i);
            hash_add(&h, bytes + i, k - i);
            hash_add(&h, bytes + k, 100 - k);
            cr_assert_eq(hash_value(&h), want, "cut at %zu and %zu", i, k);
        }
    }
}

// --- random -------------------------------------------------------------------------------------

// Random123, kat_vectors, philox4x32 with 10 rounds.
Test(random, philox_known_answers)
{
    static const uint32_t KNOWN[3][10] = {
        {0, 0, 0, 0, 0, 0, 0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8},
        {0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0x408F276D,
         0x41C83B0E, 0xA20BC7C6, 0x6D5451FD},
        {0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344, 0xA4093822, 0x299F31D0, 0xD16CFE09,
         0x94FDCCEB, 0x5001E420, 0x24126EA1},
    };
    for (int i = 0; i < 3; i++) {
        uint32_t out[4];
        random_block(KNOWN[i], KNOWN[i] + 4, out);
        for (int k = 0; k < 4; k++)
            cr_assert_eq(out[k], KNOWN[i][6 + k], "vector %d word %d: %08x", i, k, out[k]);
    }
}

Test(random, numbers_are_the_blocks_in_order)
{
    uint64_t seed = 0x0123456789ABCDEF, stream = 0xFEDCBA9876543210;
    struct random r = random_start(seed, stream);
    r.position = ((uint64_t)1 << 34) - 4;  // the block's number is about to pass 32 bits
    for (uint64_t block = ((uint64_t)1 << 32) - 1; block < ((uint64_t)1 << 32) + 2; block++) {
        uint32_t out[4];
        uint32_t counter[4] = {(uint32_t)block, (uint32_t)(block >> 32), 0x76543210, 0xFEDCBA98};
        random_block(counter, (uint32_t[]){0x89ABCDEF, 0x01234567}, out);
        for (int k = 0; k < 4; k++) cr_assert_eq(random_u32(&r), out[k]);
    }
}

Test(random, a_place_can_be_saved_and_resumed)
{
    struct random r = random_start(7, RANDOM_SHUFFLE);
    for (int i = 0; i < 1001; i++) random_normal(&r), random_below(&r, 3u << 30);
    struct random resumed = random_start(7, RANDOM_SHUFFLE);
    resumed.position = r.position;
    for (int i = 0; i < 100; i++) cr_assert_eq(random_u32(&r), random_u32(&resumed));
}

Test(random, streams_and_seeds_are_unrelated)
{
    struct random r[3] = {random_start(7, RANDOM_INIT), random_start(7, RANDOM_SHUFFLE),
                          random_start(8, RANDOM_INIT)};
    enum { N = 100000 };
    long same = 0;  // bits that two of them share: 32 N / 2 by chance, deviation sqrt(32 N) / 2
    for (int i = 0; i < N; i++) {
        uint32_t a = random_u32(&r[0]), b = random_u32(&r[1]), c = random_u32(&r[2]);
        same += __builtin_popcount(~(a ^ b)) + __builtin_popcount(~(a ^ c));
    }
    cr_assert_lt(labs(same - 32L * N), 5 * 1265, "%ld bits in common", same);
}

// chi_square draws random_below(n) into `bins` bins, value % bins, and compares.
static double chi_square(uint32_t n, int bins, uint64_t seed)
{
    enum { N = 600000 };
    int count[100] = {0};
    struct random r = random_start(seed, RANDOM_TEST);
    for (int i = 0; i < N; i++) {
        uint32_t value = random_below(&r, n);
        cr_assert_lt(value, n);
        count[value % (uint32_t)bins]++;
    }
    double expected = (double)N / bins, sum = 0;
    for (int b = 0; b < bins; b++) sum += (count[b] - expected) * (count[b] - expected) / expected;
    return sum;
}

Test(random, below_is_uniform)
{
    // Far beyond 99.99 % of chance: bins - 1 + 5 sqrt(2 (bins - 1)).
    cr_assert_lt(chi_square(2, 2, 1), 8.1);
    cr_assert_lt(chi_square(7, 7, 2), 23.4);
    cr_assert_lt(chi_square(100, 100, 3), 169.4);
    // Without drawing again, a third of these values would come twice as often.
    cr_assert_lt(chi_square(3u << 30, 3, 4), 12.0);
    struct random r = random_start(5, RANDOM_TEST);
    for (int i = 0; i < 100; i++) cr_assert_eq(random_below(&r, 1), 0);
}

Test(random, below_zero_is_a_bug, .signal = SIGABRT)
{
    struct random r = random_start(1, RANDOM_TEST);
    random_below(&r, 0);
}

Test(random, floats_are_in_the_unit_interval)
{
    enum { N = 1000000 };
    struct random r = random_start(6, RANDOM_TEST);
    double sum = 0, low = 1, high = 0;
    for (int i = 0; i < N; i++) {
        double x = (double)random_float(&r);
        cr_assert(x >= 0 && x < 1 && x * 0x1p24 == floor(x * 0x1p24), "%a", x);
        sum += x, low = fmin(low, x), high = fmax(high, x);
    }
    cr_assert_float_eq(sum / N, 0.5, 5 * 0.2887 / 1000);
    cr_assert(low < 2e-5 && high > 1 - 2e-5, "between %g and %g", low, high);
}

Test(random, normal_has_the_moments_of_the_normal_distribution)
{
    enum { N = 1000000 };
    struct random r = random_start(7, RANDOM_TEST);
    double sum[5] = {0}, product = 0, last = 0;
    for (int i = 0; i < N; i++) {
        double x = (double)random_normal(&r);
        cr_assert(isfinite(x));
        sum[1] += x, sum[2] += x * x, sum[3] += x * x * x, sum[4] += x * x * x * x;
        product += x * last, last = x;
    }
    // Five deviations of each mean: sqrt(1), sqrt(2), sqrt(15), sqrt(96), sqrt(1), over sqrt(N).
    cr_assert_float_eq(sum[1] / N, 0, 0.005);
    cr_assert_float_eq(sum[2] / N, 1, 0.0071);
    cr_assert_float_eq(sum[3] / N, 0, 0.0194);
    cr_assert_float_eq(sum[4] / N, 3, 0.049);
    cr_assert_float_eq(product / N, 0, 0.005, "neighbours are correlated");
}

Test(random, normal_is_finite_where_the_uniform_number_is_0)
{
    struct random r = random_start(7, RANDOM_TEST);
    r.position = 9590556;  // found by searching
    struct random copy = r;
    cr_assert_eq(random_float(&copy), 0);
    cr_assert_eq(random_normal(&r), 0);
}

// --- mathf --------------------------------------------------------------------------------------

// ulps returns how far got is from want, in units of want's last place as a float.
static double ulps(float got, double want)
{
    int exponent;
    frexp(want, &exponent);
    return fabs((double)got - want) / ldexp(1, (exponent < -125 ? -125 : exponent) - 24);
}

// worst_ulps goes through the floats of [from, to], one in `stride`, of both signs if from < 0.
static double worst_ulps(float (*f)(float), double (*exact)(double), float from, float to)
{
    const uint32_t stride = 1009;
    double worst = 0;
    for (uint64_t u = 0; u <= UINT32_MAX; u += stride) {
        float x = mathf_from_bits((uint32_t)u);
        if (!(x >= from && x <= to)) continue;
        double far = ulps(f(x), exact((double)x));
        if (!(far <= worst)) worst = far;
    }
    return worst;
}

static double worst_distance(float (*f)(float), double (*exact)(double))
{
    double worst = 0;
    for (uint64_t u = 0; u <= UINT32_MAX; u += 1009) {
        float x = mathf_from_bits((uint32_t)u);
        if (!(fabsf(x) <= 0x1p20f)) continue;
        double far = fabs((double)f(x) - exact((double)x));
        if (!(far <= worst)) worst = far;
    }
    return worst;
}

Test(mathf, errors_are_within_what_the_header_promises)
{
    double e = worst_ulps(mathf_exp, exp, -87.3f, 88.7f);
    double l = worst_ulps(mathf_log, log, 0x1p-149f, 3.4028234e38f);
    double t = worst_ulps(mathf_tanh, tanh, -INFINITY, INFINITY);
    double s = worst_distance(mathf_sin, sin), c = worst_distance(mathf_cos, cos);
    cr_assert(e <= 2, "exp: %g ulps", e);
    cr_assert(l <= 2, "log: %g ulps", l);
    cr_assert(t <= 2, "tanh: %g ulps", t);
    cr_assert(s <= 1.2e-7, "sin: %g", s);
    cr_assert(c <= 1.2e-7, "cos: %g", c);
}

Test(mathf, special_values)
{
    cr_assert_eq(mathf_exp(0), 1);
    cr_assert_eq(mathf_exp(0x1p-149f), 1);
    cr_assert_eq(mathf_exp(INFINITY), INFINITY);
    cr_assert_eq(mathf_exp(-INFINITY), 0);
    cr_assert(isnan(mathf_exp(NAN)));
    cr_assert_eq(mathf_log(1), 0);
    cr_assert_eq(mathf_log(0), -INFINITY);
    cr_assert_eq(mathf_log(-0.0f), -INFINITY);
    cr_assert_eq(mathf_log(INFINITY), INFINITY);
    cr_assert(isnan(mathf_log(-0x1p-149f)) && isnan(mathf_log(-1)));
    cr_assert(isnan(mathf_log(-INFINITY)) && isnan(mathf_log(NAN)));
    cr_assert_eq(mathf_tanh(0), 0);
    cr_assert_eq(mathf_tanh(0x1p-149f), 0x1p-149f);
    cr_assert_eq(mathf_tanh(INFINITY), 1);
    cr_assert_eq(mathf_tanh(-INFINITY), -1);
    cr_assert(isnan(mathf_tanh(NAN)));
    cr_assert(mathf_sin(0) == 0 && mathf_cos(0) == 1);
    cr_assert_eq(mathf_sin(-0x1p-149f), -0x1p-149f);
    cr_assert(isnan(mathf_sin(NAN)) && isnan(mathf_cos(NAN)));
    cr_assert(isnan(mathf_sin(INFINITY)) && isnan(mathf_cos(-INFINITY)));
}

// rises checks that f does not fall over the n floats on either side of x.
static void rises(const char *name, float (*f)(float), float x, int n)
{
    float at = x;
    for (int i = 0; i < n; i++) at = nextafterf(at, -INFINITY);
    float last = f(at);
    for (int i = 0; i < 2 * n; i++) {
        at = nextafterf(at, INFINITY);
        float y = f(at);
        cr_assert(y >= last, "%s falls from %a to %a at %a", name, (double)last, (double)y,
                  (double)at);
        last = y;
    }
}

Test(mathf, no_steps_down_where_the_formula_changes)
{
    rises("exp", mathf_exp, -87.3f, 20000);
    rises("exp", mathf_exp, 88.7f, 20000);
    rises("exp", mathf_exp, 0, 20000);
    rises("log", mathf_log, 0x1p-126f, 20000);
    rises("log", mathf_log, 1, 20000);
    rises("log", mathf_log, 0x1.6a09e6p0f, 20000);
    rises("tanh", mathf_tanh, 0, 20000);
    rises("tanh", mathf_tanh, 9.01f, 20000);
    rises("tanh", mathf_tanh, 44.35f, 20000);
    cr_assert_eq(mathf_exp(nextafterf(-87.3f, -INFINITY)), 0);
    cr_assert_gt(mathf_exp(-87.3f), 1.2e-38f);
    cr_assert_eq(mathf_exp(nextafterf(88.7f, INFINITY)), INFINITY);
    cr_assert_float_eq((double)mathf_exp(88.7f) / exp((double)88.7f), 1, 1e-6);
}

// --- file ---------------------------------------------------------------------------------------

static char directory[] = "/tmp/base-XXXXXX";
static char path[64], staged[80];

static void begin(void)
{
    cr_assert_not_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/f", directory);
    snprintf(staged, sizeof staged, "%s.new", path);
}

static void end(void)
{
    unlink(path);
    unlink(staged);
    rmdir(directory);
}

TestSuite(file, .init = begin, .fini = end);

static void write_text(const char *text)
{
    struct output *o;
    struct error e;
    cr_assert_eq(output_open(path, &o, &e), ERR_NONE, "%s", e.text);
    output_print(o, "%s", text);
    cr_assert_eq(output_commit(o, &e), ERR_NONE, "%s", e.text);
}

static void file_holds(const char *text)
{
    char *bytes;
    size_t size;
    struct error e;
    cr_assert_eq(file_read(path, &bytes, &size, &e), ERR_NONE, "%s", e.text);
    cr_assert_eq(size, strlen(text));
    cr_assert_str_eq(bytes, text);
    free(bytes);
}

// The sizes around the reader's buffers, every byte value among them.
Test(file, what_is_written_is_read)
{
    static const size_t SIZES[] = {0, 1, 65535, 65536, 65537, 131072, 300000};
    for (int i = 0; i < 7; i++) {
        size_t n = SIZES[i], size;
        unsigned char *want = malloc(n + 1);
        for (size_t k = 0; k < n; k++) want[k] = (unsigned char)(k * 31 + k / 256);
        struct output *o;
        cr_assert_eq(output_open(path, &o, NULL), ERR_NONE);
        output_write(o, want, n / 3);
        output_write(o, want + n / 3, n - n / 3);
        cr_assert_eq(output_commit(o, NULL), ERR_NONE);
        cr_assert_not(file_exists(staged));
        char *got;
        cr_assert_eq(file_read(path, &got, &size, NULL), ERR_NONE);
        cr_assert_eq(size, n);
        cr_assert_eq(memcmp(got, want, n), 0);
        cr_assert_eq(got[n], 0, "no NUL behind the last byte");
        free(got);
        free(want);
    }
}

Test(file, the_old_file_stays_until_the_new_one_is_published)
{
    write_text("old");
    struct output *o;
    cr_assert_eq(output_open(path, &o, NULL), ERR_NONE);
    output_print(o, "%d", 42);
    file_holds("old");
    cr_assert_eq(output_stage(o, NULL), ERR_NONE);
    file_holds("old");
    cr_assert(file_exists(staged));
    cr_assert_eq(output_publish(path, NULL), ERR_NONE);
    file_holds("42");
    cr_assert_not(file_exists(staged));
}

Test(file, abandoning_leaves_the_old_file_and_nothing_else)
{
    write_text("old");
    struct output *o;
    cr_assert_eq(output_open(path, &o, NULL), ERR_NONE);
    output_print(o, "new");
    cr_assert(file_exists(staged));
    output_abandon(o);
    cr_assert_not(file_exists(staged));
    file_holds("old");
    output_abandon(NULL);
}

Test(file, a_full_disk_leaves_the_old_file)
{
    if (access("/dev/full", W_OK) != 0) cr_skip_test("this system has no /dev/full");
    char block[100000] = {0};
    // One write fails when it is flushed, the other at once.
    for (size_t n = 1; n <= sizeof block; n += sizeof block - 1) {
        write_text("old");
        cr_assert_eq(symlink("/dev/full", staged), 0);
        struct output *o;
        struct error e;
        cr_assert_eq(output_open(path, &o, &e), ERR_NONE, "%s", e.text);
        output_write(o, block, n);
        output_print(o, "more");
        cr_assert_eq(output_commit(o, &e), ERR_IO);
        cr_assert(!strncmp(e.text, path, strlen(path)) && strstr(e.text, "write"), "%s", e.text);
        cr_assert_neq(access(staged, F_OK), 0);
        file_holds("old");
    }
}

Test(file, what_cannot_be_published_is_an_io_error)
{
    struct error e;
    write_text("old");
    cr_assert_eq(output_publish(path, &e), ERR_IO);
    cr_assert(!strncmp(e.text, path, strlen(path)), "%s", e.text);
    file_holds("old");
    struct output *o;
    cr_assert_eq(output_open(directory, &o, &e), ERR_NONE);
    cr_assert_eq(output_commit(o, &e), ERR_IO, "a directory was replaced by a file");
    cr_assert(file_is_directory(directory));
    snprintf(staged, sizeof staged, "%s.new", directory);  // for `end`
}

Test(file, an_output_in_a_missing_directory_is_an_io_error)
{
    struct output *o = (struct output *)path;
    struct error e;
    snprintf(staged, sizeof staged, "%s/missing/f", directory);
    cr_assert_eq(output_open(staged, &o, &e), ERR_IO);
    cr_assert_eq(o, (struct output *)path, "*out was touched");
    cr_assert(!strncmp(e.text, staged, strlen(staged)), "%s", e.text);
}

Test(file, what_cannot_be_read_is_an_io_error)
{
    char *bytes = path;
    size_t size = 42;
    struct error e;
    cr_assert_eq(file_read(path, &bytes, &size, &e), ERR_IO);
    cr_assert(!strncmp(e.text, path, strlen(path)), "%s", e.text);
    cr_assert_eq(file_read(directory, &bytes, &size, &e), ERR_IO);
    cr_assert(!strncmp(e.text, directory, strlen(directory)), "%s", e.text);
    cr_assert(bytes == path && size == 42, "an output was touched");
}

Test(file, a_pipe_is_read_to_its_end)
{
    enum { N = 200000 };
    cr_assert_eq(mkfifo(path, 0600), 0);
    pid_t child = fork();
    if (child == 0) {
        FILE *f = fopen(path, "w");
        for (int i = 0; i < N; i++) putc('a' + i % 23, f);
        _exit(fclose(f) != 0);
    }
    char *bytes;
    size_t size;
    int status;
    cr_assert_eq(file_read(path, &bytes, &size, NULL), ERR_NONE);
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert_eq(status, 0);
    cr_assert_eq(size, N);
    for (int i = 0; i < N; i++) cr_assert(bytes[i] == 'a' + i % 23, "byte %d", i);
    free(bytes);
}

Test(file, directories_are_made_with_their_parents)
{
    char deep[100];
    struct error e;
    snprintf(deep, sizeof deep, "%s/a//b/c/", directory);
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(file_make_directory(deep, &e), ERR_NONE, "%s", e.text);
        cr_assert(file_is_directory(deep) && file_exists(deep));
    }
    cr_assert_eq(file_make_directory("/", &e), ERR_NONE, "%s", e.text);
    static const char *const MADE[] = {"a/b/c", "a/b", "a"};
    for (int i = 0; i < 3; i++) {
        char *made = file_path(directory, MADE[i]);
        cr_assert_eq(rmdir(made), 0, "%s", made);
        free(made);
    }
}

Test(file, a_directory_that_cannot_be_made_is_an_io_error)
{
    struct error e;
    char *below = file_path(path, "a");
    write_text("in the way");
    cr_assert_eq(file_make_directory(path, &e), ERR_IO);
    cr_assert(strstr(e.text, strerror(ENOTDIR)), "%s", e.text);
    cr_assert_eq(file_make_directory(below, &e), ERR_IO);
    cr_assert(!strncmp(e.text, below, strlen(below)), "%s", e.text);
    cr_assert_eq(file_make_directory("", &e), ERR_IO);
    file_holds("in the way");
    free(below);
}

Test(file, exists_and_is_directory)
{
    cr_assert(!file_exists(path) && !file_is_directory(path));
    write_text("");
    cr_assert(file_exists(path) && !file_is_directory(path));
    cr_assert(file_exists(directory) && file_is_directory(directory));
    char *joined = file_path("runs/a", "model.safetensors");
    cr_assert_str_eq(joined, "runs/a/model.safetensors");
    free(joined);
}
