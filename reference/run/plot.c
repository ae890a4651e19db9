#include "plot.h"

#include <errno.h>
#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "file.h"

// struct curve: what the script needs to know of the data.
struct curve {
    double floor;  // NaN if unknown
    int lines;
};

static struct curve look(const char *text)
{
    struct curve c = {.floor = (double)NAN};
    if (sscanf(text, "# floor %lf", &c.floor) != 1) c.floor = (double)NAN;
    for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
        c.lines += *line != '#';
        if (!strchr(line, '\n')) break;
    }
    return c;
}

// put_quoted writes s as a gnuplot string.
static void put_quoted(FILE *g, const char *s)
{
    fputc('\'', g);
    for (; *s; s++) fputs(*s == '\'' ? "''" : (char[]){*s, 0}, g);
    fputc('\'', g);
}

// How the curves look: in the SVG, and in characters.
struct style {
    const char *train, *val, *floor;
};

static const struct style SVG = {"lines lw 1 lc rgb '#8fb3d9'",
                                 "linespoints lw 2 pt 7 ps 0.5 lc rgb '#c0392b'",
                                 "lines lw 2 dt 2 lc rgb '#555555'"};
static const struct style CHARACTERS = {"points pt '.'", "points pt 'o'", "points pt '_'"};

// put_plot writes the commands of one picture.
static void put_plot(FILE *g, const char *data, const struct curve *c, const struct style *s)
{
    fprintf(g, "set datafile missing '-'\nset xlabel 'step'\nset xrange [0:*]\nset grid ytics\n"
               "set title 'loss, bits per byte'\nplot ");
    put_quoted(g, data);
    fprintf(g, " using 1:2 with %s title 'training batch'", s->train);
    // (column(3)) skips the steps at which nothing was validated.
    fprintf(g, ", '' using 1:(column(3)) with %s title 'validation'", s->val);
    if (!isnan(c->floor)) fprintf(g, ", %.6f with %s title 'floor'", c->floor, s->floor);
    fputc('\n', g);
}

// put_script writes what gnuplot is to do: the picture into `svg`, and one in characters on its
// standard output if terminal is set.
static void put_script(FILE *g, const char *data, const char *svg, const struct curve *c,
                       int terminal)
{
    fprintf(g, "set terminal svg size 800,480 background rgb 'white' font 'sans,14'\n"
               "set output ");
    put_quoted(g, svg);
    fputc('\n', g);
    put_plot(g, data, c, &SVG);
    if (!terminal) return;
    fprintf(g, "set output\nset terminal dumb %d,24 noenhanced\n", terminal);
    put_plot(g, data, c, &CHARACTERS);
}

// start runs gnuplot with three files as its standard input, output and error, and returns its exit
// status.  No shell and no pipe: a gnuplot that is missing or ends early says so in its status,
// where a pipe would stop us with SIGPIPE.
static int start(FILE *const stream[3])
{
    extern char **environ;
    char *argv[] = {(char[]){"gnuplot"}, NULL};
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status = 0, missing = 127;  // what a shell would say
    fflush(stream[0]);
    lseek(fileno(stream[0]), 0, SEEK_SET);
    posix_spawn_file_actions_init(&actions);
    for (int i = 0; i < 3; i++) posix_spawn_file_actions_adddup2(&actions, fileno(stream[i]), i);
    int failed = posix_spawnp(&child, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed) return missing;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

// print_page prints what gnuplot has drawn in characters, without the form feed before it.
static void print_page(FILE *f)
{
    int c;
    rewind(f);
    while ((c = getc(f)) != EOF) {
        if (c != '\f') putchar(c);
    }
}

// complain says why gnuplot failed: in the last line that it said.
static enum err complain(const char *svg, int status, FILE *said, struct error *e)
{
    char line[160], why[160] = "it says nothing";
    if (status == 127)
        return error_set(e, ERR_IO, "%s: gnuplot is missing; `make deps` installs it", svg);
    rewind(said);
    while (fgets(line, sizeof line, said)) {
        const char *text = line + strspn(line, " \t\n");
        if (*text) snprintf(why, sizeof why, "%.*s", (int)strcspn(text, "\n"), text);
    }
    return error_set(e, ERR_IO, "%s: gnuplot failed: %s", svg, why);
}

// draw lets gnuplot write `svg`.new, and prints the picture in characters if terminal is set.
static enum err draw(const char *data, const char *svg, const struct curve *c, int terminal,
                     struct error *e)
{
    FILE *const stream[3] = {tmpfile(), tmpfile(), tmpfile()};
    enum err code = ERR_NONE;
    if (!stream[0] || !stream[1] || !stream[2]) {
        code = error_set(e, ERR_IO, "%s: cannot make a temporary file: %s", svg, strerror(errno));
    } else {
        char *staged = malloc(strlen(svg) + 5);
        if (!staged) die("out of memory: a path");
        put_script(stream[0], data, strcat(strcpy(staged, svg), ".new"), c, terminal);
        free(staged);
        int status = start(stream);
        if (status == 0)
            print_page(stream[1]);
        else
            code = complain(svg, status, stream[2], e);
    }
    for (int i = 0; i < 3; i++) {
        if (stream[i]) fclose(stream[i]);
    }
    if (code) output_withdraw(svg);
    return code;
}

enum err plot_loss(const char *dir, int terminal, struct error *e)
{
    char *data = file_path(dir, "loss.tsv"), *svg = file_path(dir, "loss.svg");
    char *text = NULL;
    size_t size;
    enum err code = file_read(data, &text, &size, e);
    struct curve c = {0};
    if (!code) c = look(text);
    if (!code && c.lines < 2)
        code = error_set(e, ERR_SHORT, "%s: %d steps, expected two to draw", data, c.lines);
    if (!code) code = draw(data, svg, &c, terminal, e);
    if (!code) code = output_publish(svg, e);
    free(text);
    free(data);
    free(svg);
    return code;
}
