/* Preloaded into a process: keeps beside the folder POWER_ROOT the state that a power cut would leave of it, in POWER_DISK.
 * A file is there as it was when it was last synced, under the names that were synced: by the folder, or with the file when it is
 * new. Whatever was only written, renamed or removed is as before. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;

static void copied(const char *from, const char *to) {
    char aside[PATH_MAX + 512];
    char piece[65536];
    ssize_t length;
    int in = open(from, O_RDONLY | O_CLOEXEC), out;
    if (in < 0) return;
    snprintf(aside, sizeof aside, "%s.aside", to);
    out = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    while ((length = read(in, piece, sizeof piece)) > 0)
        if (write(out, piece, (size_t)length) != length) abort();
    close(in);
    close(out);
    if (rename(aside, to)) abort();
}

static void folders(char *path) {
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        mkdir(path, 0700);
        *slash = '/';
    }
}

static void synced_file(const char *path, const char *inside, const char *disk, const struct stat *what) {
    char kept[PATH_MAX + 512], named[PATH_MAX + 512];
    snprintf(kept, sizeof kept, "%s/inodes/%lu", disk, (unsigned long)what->st_ino);
    folders(kept);
    int known = access(kept, F_OK) == 0;
    copied(path, kept);
    snprintf(named, sizeof named, "%s/tree%s", disk, inside);
    folders(named);
    if (!known || access(named, F_OK) == 0) copied(kept, named); /* a new file comes with its name; a renamed one waits for its folder */
}

static void synced_folder(const char *path, const char *inside, const char *disk) {
    char named[PATH_MAX + 512], here[PATH_MAX + 512], kept[PATH_MAX + 512];
    struct dirent *entry;
    struct stat what;
    DIR *found;
    snprintf(named, sizeof named, "%s/tree%s/", disk, inside);
    folders(named);
    if ((found = opendir(named))) {
        while ((entry = readdir(found))) {
            snprintf(here, sizeof here, "%s/%s", path, entry->d_name);
            snprintf(kept, sizeof kept, "%s%s", named, entry->d_name);
            if (entry->d_type == DT_REG && lstat(here, &what)) unlink(kept);
        }
        closedir(found);
    }
    if (!(found = opendir(path))) return;
    while ((entry = readdir(found))) {
        snprintf(here, sizeof here, "%s/%s", path, entry->d_name);
        if (lstat(here, &what) || !S_ISREG(what.st_mode)) continue;
        snprintf(kept, sizeof kept, "%s/inodes/%lu", disk, (unsigned long)what.st_ino);
        snprintf(here, sizeof here, "%s%s", named, entry->d_name);
        if (access(kept, F_OK) == 0) copied(kept, here);
    }
    closedir(found);
}

static void synced(int handle) {
    const char *root = getenv("POWER_ROOT"), *disk = getenv("POWER_DISK");
    char link[64], path[PATH_MAX + 512];
    struct stat what;
    ssize_t length;
    int before = errno;
    if (!root || !disk) return;
    snprintf(link, sizeof link, "/proc/self/fd/%d", handle);
    length = readlink(link, path, PATH_MAX - 1);
    if (length <= 0) return;
    path[length] = 0;
    if (strncmp(path, root, strlen(root)) || fstat(handle, &what)) return;
    pthread_mutex_lock(&one);
    if (S_ISDIR(what.st_mode)) synced_folder(path, path + strlen(root), disk);
    else if (S_ISREG(what.st_mode) && what.st_nlink) synced_file(path, path + strlen(root), disk, &what);
    pthread_mutex_unlock(&one);
    errno = before;
}

int fsync(int handle) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    int result = real(handle);
    if (!result) synced(handle);
    return result;
}

int fdatasync(int handle) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    int result = real(handle);
    if (!result) synced(handle);
    return result;
}
