#include "course.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lines.h"
#include "print.h"
#include "say.h"

static const char MAP[] = "lessons/README.md";
static const char HEADER[] = "| # | slug | part | you write | points | hours | level |";
enum { CELLS = 7, LESSONS = 100 };  // a number has two digits

const char *course_level(int level)
{
    static const char *const NAME[COURSE_LEVELS] = {"rider",     "user",    "engineer",
                                                    "architect", "builder", "laboratory"};
    CHECK(level >= 0 && level < COURSE_LEVELS, "level %d", level);
    return NAME[level];
}

// cells cuts a row of a Markdown table at its bars, in place, and returns how many cells it has,
// at most CELLS + 1.
static int cells(char *row, char *cell[CELLS + 1])
{
    char *at = line_trim(row);
    int n = 0;
    if (*at++ != '|') return 0;
    while (*at && n <= CELLS) {
        char *end = at;
        while (*end && (*end != '|' || end[-1] == '\\')) end++;
        char *next = *end ? end + 1 : end;
        *end = 0;
        cell[n++] = line_trim(at);
        at = next;
    }
    return n;
}

// plain takes the Markdown off a name: `bytes`, [bytes](01-bytes/README.md), **bytes**.
static char *plain(char *text)
{
    text += strspn(text, "`[*");
    text[strcspn(text, "`]*")] = 0;
    return text;
}

static int is_slug(const char *text)
{
    return islower((unsigned char)*text) &&
           !text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_")];
}

// read_row reads one row of the map.
static enum err read_row(const struct lines *map, size_t i, struct arena *a,
                         struct course_lesson *l, struct error *e)
{
    char *cell[CELLS + 1];
    int n = cells(arena_string(a, map->line[i]), cell);
    if (n != CELLS)
        return lines_error(map, i, e, "expected %d cells, %s; found %d%s", CELLS, HEADER, n,
                           n > CELLS ? " or more" : "");
    *l = (struct course_lesson){.slug = plain(cell[1]), .row = i};
    if (!line_whole(plain(cell[0]), 0, LESSONS - 1, &l->number))
        return lines_error(map, i, e, "number '%s': expected a whole number from 00 to %d", cell[0],
                           LESSONS - 1);
    if (!is_slug(l->slug))
        return lines_error(
            map, i, e, "slug '%s': expected small letters, digits and _, a letter first", l->slug);
    if (!line_whole(cell[4], 1, 1000, &l->points))
        return lines_error(map, i, e, "points '%s': expected a whole number from 1 to 1000",
                           cell[4]);
    // "1" or "1 user"
    if (!line_whole(line_word(&cell[6]), 0, COURSE_LEVELS - 1, &l->level))
        return lines_error(map, i, e, "level: expected a whole number from 0 to %d",
                           COURSE_LEVELS - 1);
    return ERR_NONE;
}

static int is_header(const char *line, struct arena *a)
{
    char *cell[CELLS + 1];
    return cells(arena_string(a, line), cell) > 1 && !strcmp(cell[0], "#") &&
           !strcmp(cell[1], "slug");
}

// read_map reads all rows into row[0 … *count).  *table is the index of the table's first line.
static enum err read_map(struct arena *a, struct lines *map, struct course_lesson *row, int *count,
                         size_t *table, struct error *e)
{
    enum err code = lines_read(MAP, a, map, e);
    if (code) return code;
    size_t i = 0;
    while (i < map->count && !is_header(map->line[i], a)) i++;
    if (i == map->count) return lines_error(map, 0, e, "expected a table that begins %s", HEADER);
    *table = i;
    if (i + 1 == map->count || strspn(map->line[i + 1], "|-: ") != strlen(map->line[i + 1]))
        return lines_error(map, i + 1, e, "expected |---| for each column, below the table's head");
    *count = 0;
    for (i += 2; i < map->count && *line_trim(arena_string(a, map->line[i])) == '|'; i++) {
        struct course_lesson l;
        code = read_row(map, i, a, &l, e);
        if (code) return code;
        for (int j = 0; j < *count; j++) {
            if (row[j].number == l.number)
                return lines_error(map, i, e, "number %02d stands on line %zu already", l.number,
                                   row[j].row + 1);
            if (!strcmp(row[j].slug, l.slug))
                return lines_error(map, i, e, "slug '%s' stands on line %zu already", l.slug,
                                   row[j].row + 1);
        }
        row[(*count)++] = l;
    }
    return ERR_NONE;
}

// place_directory finds the row of lessons/NN-SLUG and gives it its paths.
static enum err place_directory(const char *name, const struct lines *map, size_t table, int count,
                                struct course_lesson *row, struct course *c, struct error *e)
{
    const char *slug = name + 3;
    for (int i = 0; i < count; i++) {
        if (strcmp(row[i].slug, slug) != 0) continue;
        if (row[i].number != atoi(name))
            return lines_error(map, row[i].row, e,
                               "expected number %.2s for %s: it is in lessons/%s", name, slug,
                               name);
        return house_lesson(c->house, slug, &row[i].at, e);
    }
    return lines_error(map, table, e, "expected a row for lessons/%s", name);
}

static int is_lesson(const char *name)
{
    return isdigit((unsigned char)name[0]) && isdigit((unsigned char)name[1]) && name[2] == '-';
}

static enum err place_all(const struct lines *map, size_t table, int count,
                          struct course_lesson *row, struct course *c, struct error *e)
{
    DIR *dir = opendir("lessons");
    if (!dir) return error_set(e, ERR_IO, "lessons: cannot open: %s", strerror(errno));
    enum err code = ERR_NONE;
    for (struct dirent *d; !code && (d = readdir(dir));) {
        if (is_lesson(d->d_name)) code = place_directory(d->d_name, map, table, count, row, c, e);
    }
    closedir(dir);
    return code;
}

static int by_number(const void *a, const void *b)
{
    const struct course_lesson *x = a, *y = b;
    return x->number - y->number;
}

enum err course_read(const struct house *h, struct course *c, struct error *e)
{
    struct course found = {.house = h, .memory = arena_new()};
    struct lines map;
    struct course_lesson *row = arena_alloc(found.memory, LESSONS * sizeof *row);
    int count = 0;
    size_t table = 0;
    enum err code = read_map(found.memory, &map, row, &count, &table, e);
    if (!code) code = place_all(&map, table, count, row, &found, e);
    if (code) {
        arena_free(found.memory);
        return code;
    }
    found.lesson = row;  // only those that are there
    for (int i = 0; i < count; i++) {
        if (row[i].at.slug[0]) row[found.count++] = row[i];
    }
    qsort(found.lesson, (size_t)found.count, sizeof *found.lesson, by_number);
    *c = found;
    return ERR_NONE;
}

void course_free(struct course *c)
{
    arena_free(c->memory);
    *c = (struct course){0};
}

enum err course_find(const struct course *c, const char *name, const struct course_lesson **lesson,
                     struct error *e)
{
    int number = -1;
    line_whole(name, 0, LESSONS - 1, &number);
    for (int i = 0; i < c->count; i++) {
        const struct course_lesson *l = &c->lesson[i];
        if (l->number != number && strcmp(l->slug, name) != 0) continue;
        *lesson = l;
        return ERR_NONE;
    }
    const char *all = "";
    for (int i = 0; i < c->count; i++) {
        all = print_text(c->memory, "%s%s%02d %s", all, i ? ", " : "", c->lesson[i].number,
                         c->lesson[i].slug);
    }
    return error_set(e, ERR_VALUE, "no lesson %s; the lessons are %s", name,
                     *all ? all : "none yet");
}

int course_ask(const struct house *h, int argc, char **argv, const char *usage, struct course *c,
               const struct course_lesson **lesson)
{
    struct error e;
    if (argc != 1) return say_usage(usage);
    if (course_read(h, c, &e)) return say_error(&e);
    if (!course_find(c, argv[0], lesson, &e)) return 0;
    course_free(c);
    return say_error(&e);
}
