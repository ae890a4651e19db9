#include "house.h"

#include <ctype.h>
#include <glob.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void path_print(char path[HOUSE_PATH], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void path_print(char path[HOUSE_PATH], const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(path, HOUSE_PATH, format, args);
    va_end(args);
    if (n < 0 || n >= HOUSE_PATH) die("grader: a path is longer than %d bytes", HOUSE_PATH);
}

struct house house_find(const char *program)
{
    struct house h;
    const char *slash = strrchr(program, '/'), *grade = getenv("G"), *mine = getenv("MINE");
    path_print(h.build, "%.*s", slash ? (int)(slash - program) : 1, slash ? program : ".");
    path_print(h.grade, "%s%s", grade && *grade ? grade : h.build, grade && *grade ? "" : "/grade");
    path_print(h.mine, "%s", mine && *mine ? mine : "lessons");
    return h;
}

// one writes the only file that the pattern matches to path; 0 if there is none.
static int one(const char *pattern, char path[HOUSE_PATH])
{
    glob_t found;
    int there = glob(pattern, 0, NULL, &found) == 0;
    if (there) path_print(path, "%s", found.gl_pathv[0]);
    if (there) globfree(&found);
    return there;
}

enum err house_lesson(const struct house *h, const char *slug, struct lesson *l, struct error *e)
{
    // The slug becomes part of a pattern, of make's goals and of file names.
    size_t size = strlen(slug);
    for (size_t i = 0; i < size; i++) {
        if (!islower((unsigned char)slug[i]) && !isdigit((unsigned char)slug[i]) && slug[i] != '_')
            size = 0;
    }
    if (size == 0 || size >= sizeof l->slug)
        return error_set(e, ERR_VALUE, "no lesson can be called '%s'", slug);
    struct lesson found = {0};
    char pattern[HOUSE_PATH];
    memcpy(found.slug, slug, size);
    path_print(pattern, "lessons/[0-9][0-9]-%s", slug);
    if (!one(pattern, found.text))
        return error_set(e, ERR_VALUE, "there is no lesson lessons/NN-%s", slug);
    path_print(pattern, "reference/*/%s.c", slug);
    if (!one(pattern, found.answer))
        return error_set(e, ERR_VALUE, "there is no reference/*/%s.c", slug);
    const char *directory = found.text + strlen("lessons/");
    memcpy(found.number, directory, 2);
    path_print(found.file, "%s/%s/%s.c", h->mine, directory, slug);
    const char *floor = found.answer + strlen("reference/");
    size_t length = strcspn(floor, "/");
    if (length >= sizeof found.floor)
        return error_set(e, ERR_VALUE, "%s: the floor's name is too long", found.answer);
    memcpy(found.floor, floor, length);
    *l = found;
    return ERR_NONE;
}

void house_grade(const struct house *h, const struct lesson *l, const char *ending,
                 char path[HOUSE_PATH])
{
    path_print(path, "%s/%s%s", h->grade, l->slug, ending);
}
