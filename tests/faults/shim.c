/* Stands between a process and the C library: counts what changes files below one directory, lets the k-th of these
   fail, and writes down all of them.  Loaded by LD_PRELOAD, armed from Python by ctypes. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NOTHING, KILL, TORN, FULL, FULL_FOR_GROWTH, BROKEN_ONCE, INTERRUPT };

static char watched[PATH_MAX];
static size_t n_watched;
static int mode, trace_file = -1;
static long fails_at, n_done;

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

void faults_arm(const char *directory, int how, long at, int trace) {
    strncpy(watched, directory, sizeof watched - 1);
    n_watched = strlen(watched);
    mode = how, fails_at = at, n_done = 0, trace_file = trace;
}

void faults_disarm(void) { mode = NOTHING; }

long faults_count(void) { return n_done; }

static int is_watched(const char *path) { return n_watched && strncmp(path, watched, n_watched) == 0; }

static int path_of(int file, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t size = readlink(link, path, PATH_MAX - 1);
    if (size < 0) return 0;
    path[size] = 0;
    return is_watched(path);
}

struct header {
    uint64_t inode;
    int64_t offset;
    uint32_t n_path, n_data;
    uint64_t kind;
};

static void note(char kind, uint64_t inode, int64_t offset, const char *path, const void *data, size_t n_data) {
    if (trace_file < 0) return;
    struct header head = {inode, offset, strlen(path), n_data, kind};
    syscall(SYS_write, trace_file, &head, sizeof head);
    syscall(SYS_write, trace_file, path, strlen(path));
    if (n_data) syscall(SYS_write, trace_file, data, n_data);
}

void faults_mark(long number) { note('A', 0, number, "", "", 0); }

static uint64_t inode_of(int file) {
    struct stat found;
    return fstat(file, &found) ? 0 : found.st_ino;
}

/* Returns 0 to go on, -1 after setting errno to fail, 1 to write the first half and end. */
static int happens(int is_write, int grows) {
    long number = __atomic_add_fetch(&n_done, 1, __ATOMIC_SEQ_CST);
    switch (mode) {
    case KILL:
    case TORN:
        if (number != fails_at) return 0;
        if (mode == TORN && is_write) return 1;
        syscall(SYS_kill, getpid(), SIGKILL);
        return 0;
    case FULL:
    case FULL_FOR_GROWTH:
        if (number < fails_at || !(grows || (mode == FULL && is_write))) return 0;
        errno = ENOSPC;
        return number == fails_at && is_write ? 1 : -1;
    case BROKEN_ONCE:
        if (number != fails_at) return 0;
        errno = EIO;
        return -1;
    case INTERRUPT:
        if (number == fails_at) syscall(SYS_kill, getpid(), SIGINT);
        return 0;
    default:
        return 0;
    }
}

static ssize_t written(int file, const void *data, size_t size, off64_t offset, int has_offset) {
    static ssize_t (*plain)(int, const void *, size_t);
    static ssize_t (*placed)(int, const void *, size_t, off64_t);
    char path[PATH_MAX];
    if (!plain) plain = NEXT(write), placed = NEXT(pwrite64);
    if (!n_watched || !path_of(file, path)) return has_offset ? placed(file, data, size, offset) : plain(file, data, size);
    struct stat before;
    fstat(file, &before);
    if (!has_offset) offset = fcntl(file, F_GETFL) & O_APPEND ? before.st_size : lseek64(file, 0, SEEK_CUR);
    int fails = happens(1, offset + (off64_t)size > before.st_size);
    if (fails < 0) return -1;
    size_t some = fails ? size / 2 : size;
    ssize_t done = has_offset ? placed(file, data, some, offset) : plain(file, data, some);
    note('W', before.st_ino, offset, path, data, done > 0 ? done : 0);
    if (fails && mode == TORN) syscall(SYS_kill, getpid(), SIGKILL);
    return done;
}

ssize_t write(int file, const void *data, size_t size) { return written(file, data, size, 0, 0); }
ssize_t pwrite(int file, const void *data, size_t size, off_t offset) { return written(file, data, size, offset, 1); }
ssize_t pwrite64(int file, const void *data, size_t size, off64_t offset) { return written(file, data, size, offset, 1); }

int ftruncate64(int file, off64_t size) {
    char path[PATH_MAX];
    struct stat before;
    if (n_watched && path_of(file, path)) {
        fstat(file, &before);
        if (happens(0, size > before.st_size)) return -1;
        note('T', before.st_ino, size, path, "", 0);
    }
    return NEXT(ftruncate64)(file, size);
}
int ftruncate(int file, off_t size) { return ftruncate64(file, size); }

static int synced(int file) {
    char path[PATH_MAX];
    if (n_watched && path_of(file, path)) {
        if (happens(0, 0)) return -1;
        note('S', inode_of(file), 0, path, "", 0);
    }
    /* The disk is played by who reads the trace. */
    return 0;
}
int fsync(int file) { return n_watched ? synced(file) : NEXT(fsync)(file); }
int fdatasync(int file) { return n_watched ? synced(file) : NEXT(fdatasync)(file); }

int rename(const char *from, const char *to) {
    if (is_watched(to)) {
        if (happens(0, 0)) return -1;
        note('R', 0, 0, from, to, strlen(to));
    }
    return NEXT(rename)(from, to);
}

int link(const char *from, const char *to) {
    if (is_watched(to)) {
        if (happens(0, 1)) return -1;
        note('L', 0, 0, from, to, strlen(to));
    }
    return NEXT(link)(from, to);
}

int unlink(const char *path) {
    if (is_watched(path)) {
        if (happens(0, 0)) return -1;
        note('U', 0, 0, path, "", 0);
    }
    return NEXT(unlink)(path);
}

int mkdir(const char *path, mode_t rights) {
    if (is_watched(path)) {
        if (happens(0, 1)) return -1;
        note('D', 0, 0, path, "", 0);
    }
    return NEXT(mkdir)(path, rights);
}

static int opened(int directory, const char *path, int flags, mode_t rights) {
    static int (*plain)(int, const char *, int, ...);
    if (!plain) plain = NEXT(openat64);
    struct stat found;
    if (!is_watched(path) || !(flags & (O_CREAT | O_TRUNC))) return plain(directory, path, flags, rights);
    int is_new = stat(path, &found) != 0;
    if ((is_new || flags & O_TRUNC) && happens(0, is_new)) return -1;
    int file = plain(directory, path, flags, rights);
    if (file >= 0 && is_new) note('C', inode_of(file), 0, path, "", 0);
    if (file >= 0 && !is_new && flags & O_TRUNC) note('T', inode_of(file), 0, path, "", 0);
    return file;
}

#define WITH_RIGHTS(call)                          \
    mode_t rights = 0;                             \
    if (flags & (O_CREAT | O_TMPFILE)) {           \
        va_list rest;                              \
        va_start(rest, flags);                     \
        rights = va_arg(rest, mode_t);             \
        va_end(rest);                              \
    }                                              \
    return call;

int open(const char *path, int flags, ...) { WITH_RIGHTS(opened(AT_FDCWD, path, flags, rights)) }
int open64(const char *path, int flags, ...) { WITH_RIGHTS(opened(AT_FDCWD, path, flags, rights)) }
int openat(int directory, const char *path, int flags, ...) { WITH_RIGHTS(opened(directory, path, flags, rights)) }
int openat64(int directory, const char *path, int flags, ...) { WITH_RIGHTS(opened(directory, path, flags, rights)) }
