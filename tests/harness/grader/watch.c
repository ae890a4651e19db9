// watch: grades the current lesson again at each save.
//
// It looks every tenth of a second, because that works everywhere (inotify is Linux's alone) and
// costs nothing; an editor that writes by renaming gives the file another inode.
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "course.h"
#include "grade.h"
#include "say.h"
#include "standing.h"
#include "verbs.h"

// A handler can reach nothing else.
static volatile sig_atomic_t stopped;

static void stop(int signal)
{
    (void)signal;
    stopped = 1;
}

// struct look: what a save changes.
struct look {
    int there;
    ino_t inode;
    off_t size;
    struct timespec time;
};

static struct look look_at(const char *path)
{
    struct stat s;
    struct look l = {0};
    if (stat(path, &s) != 0) return l;
    l = (struct look){.there = 1, .inode = s.st_ino, .size = s.st_size};
#ifdef __APPLE__
    l.time = s.st_mtimespec;
#else
    l.time = s.st_mtim;
#endif
    return l;
}

static int same(struct look a, struct look b)
{
    return a.there == b.there && a.inode == b.inode && a.size == b.size &&
           a.time.tv_sec == b.time.tv_sec && a.time.tv_nsec == b.time.tv_nsec;
}

static void pause_for(long milliseconds)
{
    const struct timespec t = {.tv_nsec = milliseconds * 1000000};
    nanosleep(&t, NULL);
}

// wait_for_save waits until the file is another than `before`, and whole: an editor may empty it
// first and write it then.
static struct look wait_for_save(const char *path, struct look before)
{
    struct look now = before;
    while (!stopped && (same(now, before) || !now.there)) {
        pause_for(100);
        now = look_at(path);
    }
    for (struct look later; !stopped; now = later) {
        pause_for(20);
        later = look_at(path);
        if (same(now, later) && now.there) break;
    }
    return now;
}

// current returns the lesson to watch: the one that was asked for, or the first that has not
// passed; NULL if all have.
static enum err current(const struct course *c, const char *asked,
                        const struct course_lesson **lesson, struct error *e)
{
    if (asked) return course_find(c, asked, lesson, e);
    struct arena *a = arena_new();
    struct standings s;
    enum err code = standings_read(c, a, &s, e);
    if (!code) *lesson = s.next < s.count ? s.standing[s.next].lesson : NULL;
    arena_free(a);
    return code;
}

// struct watched: the file as it was when its grading began.
struct watched {
    const char *path;
    struct look seen;
};

// saved: whether what is being graded is not what stands there any more.
static int saved(void *context)
{
    const struct watched *w = context;
    return stopped || !same(w->seen, look_at(w->path));
}

// follow grades one lesson at every save until it passes; if `stay`, for good.
static enum err follow(const struct house *h, const struct course_lesson *l, int stay,
                       struct error *e)
{
    struct watched w = {l->at.file, look_at(l->at.file)};
    int status;
    enum err code = grade_show(h, l, saved, &w, &status, e);
    while (!code && (stay || status != 0) && !stopped) {
        // A save while the grader works breaks it off: its verdict would be of yesterday's file.
        if (!saved(&w)) printf("\nWatching %s.  Ctrl-C ends it.\n", w.path);
        fflush(stdout);
        w.seen = wait_for_save(w.path, w.seen);
        if (stopped) break;
        // Not before a lesson's first verdict: above it may stand that the last one passed.
        if (isatty(STDOUT_FILENO)) printf("\033[H\033[2J\033[3J");
        code = grade_show(h, l, saved, &w, &status, e);
    }
    return code;
}

static enum err watch(const struct course *c, const char *asked, struct error *e)
{
    while (!stopped) {
        const struct course_lesson *l;
        enum err code = current(c, asked, &l, e);
        if (!code && !l) {
            printf("All %d lessons have passed.\n", c->count);
            return ERR_NONE;
        }
        if (!code) code = follow(c->house, l, asked != NULL, e);
        if (code) return code;
    }
    printf("\nStopped.\n");
    return ERR_NONE;
}

int verb_watch(const struct house *h, int argc, char **argv)
{
    if (argc > 1) return say_usage("watch [LESSON]");
    struct error e;
    struct course c;
    if (course_read(h, &c, &e)) return say_error(&e);
    const struct sigaction on_stop = {.sa_handler = stop};
    sigaction(SIGINT, &on_stop, NULL);
    sigaction(SIGTERM, &on_stop, NULL);
    enum err code = watch(&c, argc == 1 && *argv[0] ? argv[0] : NULL, &e);
    course_free(&c);
    return code ? say_error(&e) : 0;
}
