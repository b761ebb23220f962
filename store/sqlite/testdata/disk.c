// A disk for tests, put between SQLite and the C library with LD_PRELOAD.
//
// DISK_FSYNC_MICROS makes every fsync take that long. The real disk, which others
// may use, is not asked.
//
// DISK_FSYNCS names a file that gets a byte for every fsync.
//
// DISK_FAULT names a file that holds the number of an error. While there is one,
// every write, truncation and fsync fails with it.
//
// DISK_DIR names a directory of which the disk remembers what a loss of power
// would leave: the content of a file as of its last fsync, and the names of
// the directory as of the directory's last fsync. What exists at the start is
// on the disk. At the write, truncation, fsync or removal number DISK_CUT_AT
// the power is cut: what the disk has is written to DISK_IMAGE, and the process
// is killed. DISK_KEPT says what became of changes that no fsync was asked for:
// "none" or "all" of them are there, or "some", whole or up to some sector, as
// DISK_SEED has it.
//
// The shared memory beside a database is left out: it does not outlive the
// machine.

#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define SECTOR 512
#define FDS 65536

// A change that no fsync has made durable: a write, or a truncation to at.
struct change {
	off_t at;
	size_t len;
	char *data;
	struct change *next;
};

struct file {
	dev_t dev;
	ino_t ino;
	int removed;
	char *data;
	size_t size;
	struct change *first, **last;
	struct file *next;
};

// A name that is durable.
struct entry {
	char *name;
	struct file *file;
	struct entry *next;
};

static int (*real_open)(const char *, int, ...);
static int (*real_close)(int);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_ftruncate)(int, off_t);
static int (*real_fsync)(int);
static int (*real_unlink)(const char *);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *dir, *image, *fault, *fsyncs, *kept = "none";
static long cut_at, count, delay;
static uint64_t dice = 88172645463325252u;
static struct file *files;
static struct entry *entries;
static struct file *open_files[FDS];
static char open_dirs[FDS];

static void die(const char *what) {
	perror(what);
	abort();
}

static uint64_t roll(void) {
	dice ^= dice << 13;
	dice ^= dice >> 7;
	dice ^= dice << 17;
	return dice >> 11;
}

static int forgotten(const char *name) {
	size_t n = strlen(name);
	return name[0] == '.' || (n > 4 && !strcmp(name + n - 4, "-shm"));
}

static void resize(struct file *f, size_t size) {
	if (size > f->size) {
		if (!(f->data = realloc(f->data, size))) die("realloc");
		memset(f->data + f->size, 0, size - f->size);
	}
	f->size = size;
}

static struct file *find(const struct stat *st) {
	for (struct file *f = files; f; f = f->next)
		if (!f->removed && f->dev == st->st_dev && f->ino == st->st_ino) return f;
	struct file *f = calloc(1, sizeof *f);
	if (!f) die("calloc");
	f->dev = st->st_dev;
	f->ino = st->st_ino;
	f->last = &f->first;
	f->next = files;
	return files = f;
}

static void apply(struct file *f, const struct change *c, size_t len) {
	if (!c->data) {
		resize(f, c->at);
		return;
	}
	if (c->at + len > f->size) resize(f, c->at + len);
	memcpy(f->data + c->at, c->data, len);
}

// The directory as it is now becomes durable.
static void sync_names(int load) {
	entries = NULL;
	DIR *d = opendir(dir);
	if (!d) die(dir);
	for (struct dirent *e; (e = readdir(d));) {
		struct stat st;
		if (forgotten(e->d_name) || fstatat(dirfd(d), e->d_name, &st, 0) || !S_ISREG(st.st_mode)) continue;
		struct entry *n = calloc(1, sizeof *n);
		if (!n || !(n->name = strdup(e->d_name))) die("calloc");
		n->file = find(&st);
		n->next = entries;
		entries = n;
		if (!load) continue;
		resize(n->file, st.st_size);
		int fd = openat(dirfd(d), e->d_name, O_RDONLY);
		if (fd < 0 || read(fd, n->file->data, st.st_size) != st.st_size) die(e->d_name);
		real_close(fd);
	}
	closedir(d);
}

static void cut(void) {
	int some = !strcmp(kept, "some"), all = !strcmp(kept, "all");
	for (struct entry *e = entries; e; e = e->next) {
		struct file *f = e->file;
		for (struct change *c = f->first; c; c = c->next) {
			if (!all && (!some || roll() % 2)) continue;
			size_t len = c->len;
			if (some && len > SECTOR && roll() % 4 == 0) len = roll() % (len / SECTOR) * SECTOR;
			apply(f, c, len);
		}
		char path[4096];
		snprintf(path, sizeof path, "%s/%s", image, e->name);
		int fd = real_open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
		if (fd < 0) die(path);
		for (size_t done = 0; done < f->size;) {
			ssize_t n = real_write(fd, f->data + done, f->size - done);
			if (n <= 0) die(path);
			done += n;
		}
		real_close(fd);
	}
	kill(getpid(), SIGKILL);
	for (;;) pause();
}

// Counts an operation; lock is held.
static void operation(void) {
	if (++count == cut_at) cut();
}

static void changed(int fd, const void *data, size_t len, off_t at) {
	struct change *c = calloc(1, sizeof *c);
	if (!c) die("calloc");
	c->at = at;
	c->len = len;
	if (data) {
		if (!(c->data = malloc(len))) die("malloc");
		memcpy(c->data, data, len);
	}
	struct file *f = open_files[fd];
	*f->last = c;
	f->last = &c->next;
	operation();
}

__attribute__((constructor)) static void start(void) {
	*(void **)&real_open = dlsym(RTLD_NEXT, "open64");
	if (!real_open) *(void **)&real_open = dlsym(RTLD_NEXT, "open");
	*(void **)&real_close = dlsym(RTLD_NEXT, "close");
	*(void **)&real_write = dlsym(RTLD_NEXT, "write");
	*(void **)&real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
	if (!real_pwrite) *(void **)&real_pwrite = dlsym(RTLD_NEXT, "pwrite");
	*(void **)&real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
	if (!real_ftruncate) *(void **)&real_ftruncate = dlsym(RTLD_NEXT, "ftruncate");
	*(void **)&real_fsync = dlsym(RTLD_NEXT, "fsync");
	*(void **)&real_unlink = dlsym(RTLD_NEXT, "unlink");
	const char *value;
	fault = getenv("DISK_FAULT");
	fsyncs = getenv("DISK_FSYNCS");
	if ((value = getenv("DISK_FSYNC_MICROS"))) delay = atol(value);
	if ((value = getenv("DISK_CUT_AT"))) cut_at = atol(value);
	if ((value = getenv("DISK_SEED"))) dice ^= strtoull(value, NULL, 10);
	for (int i = 0; i < 16; i++) roll();
	if ((value = getenv("DISK_KEPT"))) kept = value;
	image = getenv("DISK_IMAGE");
	if ((dir = getenv("DISK_DIR"))) sync_names(1);
}

// faulty reports whether a call must fail, and sets errno.
static int faulty(void) {
	char text[16] = "";
	if (!fault) return 0;
	int fd = real_open(fault, O_RDONLY, 0);
	if (fd < 0) return 0;
	ssize_t n = read(fd, text, sizeof text - 1);
	real_close(fd);
	if (n <= 0) return 0;
	errno = atoi(text);
	return 1;
}

static int opened(int fd, const char *path) {
	struct stat st;
	if (!dir || fd < 0 || fd >= FDS) return fd;
	size_t n = strlen(dir);
	if (strncmp(path, dir, n)) return fd;
	pthread_mutex_lock(&lock);
	if (!path[n])
		open_dirs[fd] = 1;
	else if (path[n] == '/' && !forgotten(path + n + 1) && !fstat(fd, &st))
		open_files[fd] = find(&st);
	pthread_mutex_unlock(&lock);
	return fd;
}

int open(const char *path, int flags, ...) {
	va_list args;
	va_start(args, flags);
	mode_t mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
	va_end(args);
	return opened(real_open(path, flags, mode), path);
}

int open64(const char *path, int flags, ...) {
	va_list args;
	va_start(args, flags);
	mode_t mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
	va_end(args);
	return opened(real_open(path, flags, mode), path);
}

static int followed(int fd) { return dir && fd >= 0 && fd < FDS && open_files[fd]; }

int close(int fd) {
	if (dir && fd >= 0 && fd < FDS) {
		pthread_mutex_lock(&lock);
		open_files[fd] = NULL;
		open_dirs[fd] = 0;
		pthread_mutex_unlock(&lock);
	}
	return real_close(fd);
}

ssize_t pwrite64(int fd, const void *data, size_t len, off64_t at) {
	if (faulty()) return -1;
	if (!followed(fd)) return real_pwrite(fd, data, len, at);
	pthread_mutex_lock(&lock);
	changed(fd, data, len, at);
	ssize_t n = real_pwrite(fd, data, len, at);
	pthread_mutex_unlock(&lock);
	if (n != (ssize_t)len) die("pwrite");
	return n;
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t at) { return pwrite64(fd, data, len, at); }

ssize_t write(int fd, const void *data, size_t len) {
	if (followed(fd)) {
		fprintf(stderr, "a write without a place, which this disk does not know\n");
		abort();
	}
	return real_write(fd, data, len);
}

int ftruncate64(int fd, off64_t size) {
	if (faulty()) return -1;
	if (!followed(fd)) return real_ftruncate(fd, size);
	pthread_mutex_lock(&lock);
	changed(fd, NULL, 0, size);
	int result = real_ftruncate(fd, size);
	pthread_mutex_unlock(&lock);
	return result;
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

static void count_fsync(void) {
	if (!fsyncs) return;
	int fd = real_open(fsyncs, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (fd < 0 || real_write(fd, "f", 1) != 1) die(fsyncs);
	real_close(fd);
}

int fsync(int fd) {
	if (faulty()) return -1;
	count_fsync();
	if (delay) {
		usleep(delay);
		return 0;
	}
	if (!followed(fd) && !(dir && fd >= 0 && fd < FDS && open_dirs[fd])) return real_fsync(fd);
	// The image is all that counts, so that the real disk need not be waited for.
	pthread_mutex_lock(&lock);
	operation();
	struct file *f = open_files[fd];
	if (f) {
		for (struct change *c = f->first, *next; c; c = next) {
			next = c->next;
			apply(f, c, c->len);
			free(c->data);
			free(c);
		}
		f->first = NULL;
		f->last = &f->first;
	} else {
		sync_names(0);
	}
	pthread_mutex_unlock(&lock);
	return 0;
}

int fdatasync(int fd) { return fsync(fd); }

int unlink(const char *path) {
	struct stat st;
	if (!dir || strncmp(path, dir, strlen(dir)) || stat(path, &st)) return real_unlink(path);
	pthread_mutex_lock(&lock);
	if (!forgotten(strrchr(path, '/') + 1)) {
		operation();
		find(&st)->removed = 1; // its number may soon be another file's
	}
	int result = real_unlink(path);
	pthread_mutex_unlock(&lock);
	return result;
}
