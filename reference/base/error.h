// error: the three ways something may go wrong, and who is told.
//   A caller's bug        CHECK   prints the condition and the values, aborts.  Always on.
//   Out of memory         die     prints one line, exits 1.
//   Bad input from outside        enum err and a one-line message in a struct error;
//                                 the function's outputs are left untouched.
#ifndef GPT_ERROR_H
#define GPT_ERROR_H

enum err {
    ERR_NONE = 0,
    ERR_IO,      // the system refused: open, read, write, rename
    ERR_FORMAT,  // the bytes are not what the format says
    ERR_SHORT,   // the file or buffer ends too early
    ERR_UTF8,    // not UTF-8 at the named offset
    ERR_SYMBOL,  // a character or token that the vocabulary does not have
    ERR_VALUE,   // a number or name outside what is allowed
    ERR_MATCH,   // two things that belong together do not (file and config, state and weights)
};

// struct error: what went wrong, for a person.  One line, no newline at the end.
struct error {
    enum err code;
    char text[512];
};

// error_set writes the message into e (which may be NULL) and returns code, so that a
// function can end with `return error_set(e, ERR_FORMAT, "%s: byte %zu: …", …);`.
// Control characters in what it is given become '?'.
enum err error_set(struct error *e, enum err code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// error_in puts "where: " before the message that came with code: for who knows the file, when
// the function that found the mistake did not.  Returns code; does nothing if it is ERR_NONE.
enum err error_in(struct error *e, enum err code, const char *where);

// error_must ends the program if code is not ERR_NONE: it prints the message on stderr and exits
// with status 2 for ERR_VALUE (the call made no sense), 1 for everything else.  For the program's
// commands only; everything below them returns its errors.
void error_must(enum err code, const struct error *e);

// die prints one line on stderr and exits with status 1.
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

// check_failed reports a caller's bug and aborts; use CHECK.
_Noreturn void check_failed(const char *file, int line, const char *condition, const char *format,
                            ...) __attribute__((format(printf, 4, 5)));

// CHECK(condition, "format", …): the contract between two functions of ours.
// The message prints the sizes in play: CHECK(C % H == 0, "C=%d H=%d", C, H).
#define CHECK(condition, ...)                                                        \
    do {                                                                             \
        if (!(condition)) check_failed(__FILE__, __LINE__, #condition, __VA_ARGS__); \
    } while (0)

#endif
