#include "allowed.h"

#include <stddef.h>
#include <string.h>

// The C library's, in the order of its headers.
static const char LIBRARY[] =
    // string.h
    " memchr memcmp memcpy memmove memset mempcpy memmem memrchr strcat strchr strcmp strcoll"
    " strcpy strcspn strdup strndup strerror strlen strnlen strncat strncmp strncpy stpcpy stpncpy"
    " strpbrk strrchr strspn strstr strtok strtok_r strcasecmp strncasecmp rawmemchr strchrnul bcmp"
    " memccpy strsep"
    // stdlib.h
    " malloc calloc realloc reallocarray free aligned_alloc posix_memalign abs labs llabs div ldiv"
    " lldiv imaxabs imaxdiv atoi atol atoll atof strtol strtoll strtoul strtoull strtod strtof"
    " strtold strtoimax strtoumax qsort qsort_r bsearch abort"
    // stdio.h
    " printf fprintf sprintf snprintf vprintf vfprintf vsprintf vsnprintf puts putchar putc fputc"
    " fputs fwrite fflush perror sscanf vsscanf stdout stderr __stdoutp __stderrp"
    // ctype.h, wchar's part of it, and what their macros become
    " isalnum isalpha isblank iscntrl isdigit isgraph islower isprint ispunct isspace isupper"
    " isxdigit tolower toupper __ctype_b_loc __ctype_tolower_loc __ctype_toupper_loc __maskrune"
    " __runetype __tolower __toupper _DefaultRuneLocale"
    // errno.h, assert.h
    " __errno_location __error __assert_fail __assert_rtn __assert"
    // what the compiler calls on its own
    " _GLOBAL_OFFSET_TABLE_ __stack_chk_fail __stack_chk_guard __tls_get_addr __dso_handle"
    " __bzero bzero __divti3 __udivti3 __modti3 __umodti3 __multi3 __mulodi4 __muloti4 __popcountdi2"
    " __mulsc3 __muldc3 __divsc3 __divdc3"
    " __popcountsi2 __extendhfsf2 __truncsfhf2 __truncdfhf2 __gnu_h2f_ieee __gnu_f2h_ieee"
    // learner.h, todo.h
    " learner_malloc learner_calloc learner_realloc todo ";

// math.h: each of these also with f or l at the end.
static const char MATHEMATICS[] =
    " acos asin atan atan2 cos sin tan acosh asinh atanh cosh sinh tanh exp exp2 expm1 frexp ilogb"
    " ldexp log log10 log1p log2 logb modf scalbn scalbln cbrt fabs hypot pow sqrt erf erfc lgamma"
    " tgamma ceil floor nearbyint rint lrint llrint round lround llround trunc fmod remainder"
    " remquo copysign nan nextafter nexttoward fdim fmax fmin fma sincos exp10 pow10 roundeven"
    " __fpclassify __isnan __isinf __isfinite __finite __signbit isnan isinf finite ";

// OpenMP's functions and those that its pragmas become; the compilers' atomic ones.
static const char *const BEGINNINGS[] = {
    "GOMP_",   "__kmpc_",    "omp_get_", "omp_set_num_threads", "omp_in_", "__atomic_",
    "__sync_", "__aarch64_", "omp_init", "omp_destroy_lock"};

static int listed(const char *list, const char *name, size_t size)
{
    for (const char *at = list; (at = strstr(at, name)); at++) {
        if (at[-1] == ' ' && at[size] == ' ') return 1;
    }
    return 0;
}

static int listed_word(const char *list, const char *name)
{
    return listed(list, name, strlen(name));
}

int allowed_name(const char *name)
{
    char word[64];
    size_t size = strlen(name);
    if (size == 0 || size >= sizeof word) return 0;
    for (size_t i = 0; i < sizeof BEGINNINGS / sizeof *BEGINNINGS; i++) {
        if (strncmp(name, BEGINNINGS[i], strlen(BEGINNINGS[i])) == 0) return 1;
    }
    if (listed_word(LIBRARY, name) || listed_word(MATHEMATICS, name)) return 1;
    // glibc has other names for checked functions (__memcpy_chk) and for newer standards.
    static const char *const DRESSES[] = {"__isoc99_", "__isoc23_", "__"};
    for (size_t i = 0; i < sizeof DRESSES / sizeof *DRESSES; i++) {
        size_t n = strlen(DRESSES[i]);
        if (strncmp(name, DRESSES[i], n) != 0) continue;
        strcpy(word, name + n);
        size = strlen(word);
        int checked = size > 4 && strcmp(word + size - 4, "_chk") == 0;
        if (checked) word[size - 4] = '\0';
        // Two underscores alone are other people's private names.
        if ((checked || i < 2) && listed_word(LIBRARY, word)) return 1;
    }
    strcpy(word, name);
    size = strlen(word);
    if (size < 2 || !strchr("fl", word[size - 1])) return 0;
    word[size - 1] = '\0';
    return listed_word(MATHEMATICS, word);
}

int allowed_section(const char *name)
{
    static const char *const ALLOWED[] = {
        ".text",   ".data",     ".bss",      ".rodata", ".tdata",   ".tbss",         ".comment",
        ".note",   ".eh_frame", ".debug",    ".rela",   ".rel.",    ".llvm_addrsig", ".group",
        ".symtab", ".strtab",   ".shstrtab", ".ARM",    ".lrodata", ".ldata",        ".lbss"};
    static const char *const REFUSED[] = {"mod_init", "mod_term", "init_offsets"};
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) {
        if (strstr(name, REFUSED[i])) return 0;
    }
    if (name[0] == '_') return 1;  // Mach-O: __text, __const, …
    for (size_t i = 0; i < sizeof ALLOWED / sizeof *ALLOWED; i++) {
        if (strncmp(name, ALLOWED[i], strlen(ALLOWED[i])) == 0) return 1;
    }
    return 0;
}
