#include "standing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "hash.h"
#include "print.h"
#include "say.h"
#include "verbs.h"

int standing_checksum(const char *path, uint64_t *sum)
{
    char *bytes;
    size_t size;
    if (file_read(path, &bytes, &size, NULL)) return 0;
    *sum = hash_bytes(bytes, size);
    free(bytes);
    return 1;
}

static struct standing stand(const struct course_lesson *l, const struct records *r)
{
    uint64_t sum;
    struct standing s = {.lesson = l, .record = records_find(r, l->slug), .possible = l->points};
    if (!s.record) return s;
    s.got = s.record->got;
    if (s.record->possible) s.possible = s.record->possible;
    if (strcmp(s.record->verdict, "passed") != 0)
        s.state = STANDING_OPEN;
    else if (!standing_checksum(l->at.file, &sum) || sum != s.record->checksum)
        s.state = STANDING_CHANGED;
    else
        s.state = STANDING_PASSED;
    return s;
}

static void find_level(struct standings *s)
{
    int all[COURSE_LEVELS] = {0}, open[COURSE_LEVELS] = {0};
    for (int i = 0; i < s->count; i++) {
        int level = s->standing[i].lesson->level;
        all[level]++;
        open[level] += s->standing[i].state != STANDING_PASSED;
    }
    s->level = s->above = -1;
    for (int level = 0; level < COURSE_LEVELS && s->above < 0; level++) {
        if (open[level])
            s->above = level;
        else if (all[level])
            s->level = level;
    }
}

enum err standings_read(const struct course *c, struct arena *a, struct standings *s,
                        struct error *e)
{
    struct records r;
    enum err code = records_read(c->house->mine, a, &r, e);
    if (code) return code;
    *s = (struct standings){.count = c->count, .next = c->count};
    s->standing = arena_alloc(a, (size_t)(c->count + 1) * sizeof *s->standing);
    for (int i = 0; i < c->count; i++) {
        struct standing one = stand(&c->lesson[i], &r);
        s->standing[i] = one;
        s->got += one.got;
        s->possible += one.possible;
        s->passed += one.state == STANDING_PASSED;
        if (one.state != STANDING_PASSED && s->next == c->count) s->next = i;
    }
    find_level(s);
    return ERR_NONE;
}

static const char *state_text(const struct standing *s, struct arena *a)
{
    switch (s->state) {
    case STANDING_NONE:
        return "not graded yet";
    case STANDING_PASSED:
        return "passed";
    case STANDING_CHANGED:
        return print_text(a, "changed since it passed: make %02d", s->lesson->number);
    case STANDING_OPEN:
        break;
    }
    if (!strcmp(s->record->verdict, "unwritten")) return "not written yet";
    if (!strcmp(s->record->verdict, "uncompiled")) return "does not compile";
    return s->record->verdict;
}

static void show_row(const struct standing *s, int width, struct arena *a)
{
    char bar[11] = "..........";
    int full = s->possible ? 10 * s->got / s->possible : 0;
    memset(bar, '#', (size_t)full);
    char points[32];
    snprintf(points, sizeof points, "%d/%d", s->got, s->possible);
    printf("%02d  %-*s  %7s  [%s]  %s\n", s->lesson->number, width, s->lesson->slug, points, bar,
           state_text(s, a));
}

static void show_level(const struct standings *s)
{
    if (s->level >= 0)
        printf("Level %d, %s.", s->level, course_level(s->level));
    else
        printf("No level yet.");
    if (s->above >= 0) {
        printf("  For level %d, %s:", s->above, course_level(s->above));
        const char *comma = "";
        for (int i = 0; i < s->count; i++) {
            const struct standing *one = &s->standing[i];
            if (one->state == STANDING_PASSED || one->lesson->level > s->above) continue;
            printf("%s %02d %s", comma, one->lesson->number, one->lesson->slug);
            comma = ",";
        }
        printf(".");
    }
    printf("\n");
}

void standings_show(const struct standings *s, struct arena *a)
{
    int width = 6;
    for (int i = 0; i < s->count; i++) {
        int n = (int)strlen(s->standing[i].lesson->slug);
        if (n > width) width = n;
    }
    for (int i = 0; i < s->count; i++) show_row(&s->standing[i], width, a);
    printf("%d of %d points, %d of %d lessons passed.  ", s->got, s->possible, s->passed, s->count);
    show_level(s);
    if (s->next == s->count) return;
    const struct course_lesson *next = s->standing[s->next].lesson;
    printf("Next: make %02d, %s/README.md\n", next->number, next->at.text);
}

int verb_progress(const struct house *h, int argc, char **argv)
{
    (void)argv;
    if (argc > 0) return say_usage("progress");
    struct error e;
    struct course c;
    if (course_read(h, &c, &e)) return say_error(&e);
    struct standings s;
    struct arena *a = arena_new();
    enum err code = standings_read(&c, a, &s, &e);
    if (!code) standings_show(&s, a);
    arena_free(a);
    course_free(&c);
    return code ? say_error(&e) : 0;
}
