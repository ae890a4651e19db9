#include "gnuplot.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "file.h"

void gnuplot_quoted(FILE *g, const char *s)
{
    fputc('\'', g);
    for (; *s; s++) fputs(*s == '\'' ? "''" : (char[]){*s, 0}, g);
    fputc('\'', g);
}

void gnuplot_svg(FILE *g, const char *into, int width, int height, int font_size)
{
    fprintf(g, "set terminal svg size %d,%d background rgb 'white' font 'sans,%d'\nset output ",
            width, height, font_size);
    gnuplot_quoted(g, into);
    fputc('\n', g);
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

// draw lets gnuplot write `svg`.new, and prints what it prints.
static enum err draw(const char *svg, gnuplot_script *script, const void *context, struct error *e)
{
    FILE *const stream[3] = {tmpfile(), tmpfile(), tmpfile()};
    enum err code = ERR_NONE;
    if (!stream[0] || !stream[1] || !stream[2]) {
        code = error_set(e, ERR_IO, "%s: cannot make a temporary file: %s", svg, strerror(errno));
    } else {
        char *staged = malloc(strlen(svg) + 5);
        if (!staged) die("out of memory: a path");
        script(stream[0], strcat(strcpy(staged, svg), ".new"), context);
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

enum err gnuplot_draw(const char *svg, gnuplot_script *script, const void *context, struct error *e)
{
    enum err code = draw(svg, script, context, e);
    return code ? code : output_publish(svg, e);
}
