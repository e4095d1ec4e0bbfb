/* The library's own executor.
 *
 * A call puts its tasks into `untaken`. Whoever takes one by lowering that number, the caller or a worker,
 * belongs to the call until it has lowered `unfinished` by as many tasks as it ran, and the caller waits
 * for 0 there. So it never waits for a worker that has taken nothing: one that sleeps, or has no processor
 * to run on, costs nothing. */
#define _POSIX_C_SOURCE 200809L

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "base/context.h"
#include "base/status.h"

#define MAX_THREADS 256
#define CACHE_LINE  64
#define SPIN_NS     40000 /* longer than the serial work between two calls, too short to be noticed */
#define STOP        (-1)  /* tasks to take when the pool ends */

/* Where threads sleep that wait for a number. */
typedef struct room {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    atomic_bool asleep; /* somebody sleeps here, or is about to, and has not been woken */
} room;

enum { IDLE, JOINING, ROOMS }; /* workers without a call; the caller when it has no more tasks */

struct nhwc_pool {
    _Alignas(CACHE_LINE) atomic_flag busy; /* a call has the workers */

    /* What a hand-off touches, in one line that travels as a whole. */
    _Alignas(CACHE_LINE) _Atomic int64_t untaken; /* tasks */
    _Atomic int64_t unfinished;
    nhwc_task *task; /* these two stay as they are until all tasks are finished */
    void *argument;

    _Alignas(CACHE_LINE) room room[ROOMS];
    nhwc_context context; /* whose allocator takes the pool back */
    int rooms, workers;   /* that have been made */
    pthread_t threads[];
};

static void relax(void)
{
#if defined(__GNUC__) && (defined(__x86_64__) || defined(__i386__))
    __builtin_ia32_pause();
#elif defined(__GNUC__) && defined(__aarch64__)
    __asm__ volatile("isb"); /* "yield" does nothing on most processors */
#endif
}

static int64_t nanoseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Waits until the number is 0, or with `zero` false until it is not, and returns it. Looks for a moment
 * before it sleeps. */
static int64_t wait_until(bool zero, _Atomic int64_t *number, room *place)
{
    int64_t value, end = 0;
    for (int look = 1;; look++) {
        value = atomic_load(number);
        if ((value == 0) == zero)
            return value;
        relax();
        if (look % 64 == 0) { /* the clock takes longer to read than the number */
            const int64_t now = nanoseconds();
            if (end == 0)
                end = now + SPIN_NS;
            else if (now >= end)
                break;
        }
    }
    /* Here `asleep` is written, then the number read; whoever wakes has written the number, then reads
     * `asleep`. All four are sequentially consistent: one of the two sees what the other wrote. */
    pthread_mutex_lock(&place->mutex);
    for (;;) {
        atomic_store(&place->asleep, true);
        value = atomic_load(number);
        if ((value == 0) == zero)
            break;
        pthread_cond_wait(&place->changed, &place->mutex);
    }
    pthread_mutex_unlock(&place->mutex);
    return value;
}

static void wake(room *place)
{
    if (!atomic_load(&place->asleep))
        return;
    pthread_mutex_lock(&place->mutex);
    atomic_store(&place->asleep, false);
    pthread_cond_broadcast(&place->changed);
    pthread_mutex_unlock(&place->mutex);
}

/* Takes a task; its index is one less than the number before. */
static bool take(nhwc_pool *pool, int64_t *index)
{
    int64_t untaken = atomic_load(&pool->untaken);
    while (untaken > 0 && !atomic_compare_exchange_weak(&pool->untaken, &untaken, untaken - 1))
        continue;
    *index = untaken - 1;
    return untaken > 0;
}

static void *work(void *argument)
{
    nhwc_pool *pool = argument;
    while (wait_until(false, &pool->untaken, &pool->room[IDLE]) != STOP) {
        int64_t index, finished = 0;
        for (; take(pool, &index); finished++)
            pool->task(pool->argument, index);
        if (finished > 0 && atomic_fetch_sub(&pool->unfinished, finished) == finished)
            wake(&pool->room[JOINING]);
    }
    return NULL;
}

void nhwc_pool_parallel_for(void *executor, int64_t count, nhwc_task *task, void *argument)
{
    nhwc_pool *pool = executor;
    if (count <= 1 || pool == NULL || pool->workers == 0 ||
        atomic_flag_test_and_set_explicit(&pool->busy, memory_order_acquire)) {
        for (int64_t index = 0; index < count; index++)
            task(argument, index);
        return;
    }
    pool->task = task;
    pool->argument = argument;
    atomic_store_explicit(&pool->unfinished, count, memory_order_relaxed);
    atomic_store(&pool->untaken, count - 1); /* the last one is the caller's own */
    wake(&pool->room[IDLE]);
    int64_t index = count - 1, finished = 0;
    do {
        task(argument, index);
        finished++;
    } while (take(pool, &index));
    if (atomic_fetch_sub(&pool->unfinished, finished) != finished)
        wait_until(true, &pool->unfinished, &pool->room[JOINING]);
    atomic_flag_clear_explicit(&pool->busy, memory_order_release);
}

static bool room_open(room *place)
{
    if (pthread_mutex_init(&place->mutex, NULL) != 0)
        return false;
    if (pthread_cond_init(&place->changed, NULL) == 0)
        return true;
    pthread_mutex_destroy(&place->mutex);
    return false;
}

nhwc_status nhwc_pool_create(const nhwc_context *context, int threads, nhwc_pool **pool)
{
    NHWC__TRY(nhwc__context_check(context));
    if (pool == NULL)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "pool_create: pool is NULL");
    if (threads < 1 || threads > MAX_THREADS)
        return nhwc__fail(NHWC_ERROR_ARGUMENT, "pool_create: threads is %d; 1 to %d are possible", threads,
                          MAX_THREADS);
    const size_t bytes = sizeof(nhwc_pool) + (size_t)threads * sizeof(pthread_t);
    void *memory;
    NHWC__TRY(nhwc__allocate(context, (int64_t)bytes, &memory));
    nhwc_pool *made = memory;
    *made = (nhwc_pool){.busy = ATOMIC_FLAG_INIT};
    if (context != NULL)
        made->context = *context;
    bool complete = true;
    for (; complete && made->rooms < ROOMS; made->rooms += complete)
        complete = room_open(&made->room[made->rooms]);
    for (; complete && made->workers < threads - 1; made->workers += complete)
        complete = pthread_create(&made->threads[made->workers], NULL, work, made) == 0;
    if (!complete) {
        const int workers = made->workers;
        nhwc_pool_destroy(made);
        return nhwc__fail(NHWC_ERROR_OUT_OF_MEMORY, "pool_create: the system gave %d more threads, not %d",
                          workers, threads - 1);
    }
    *pool = made;
    return NHWC_OK;
}

void nhwc_pool_destroy(nhwc_pool *pool)
{
    if (pool == NULL)
        return;
    atomic_store(&pool->untaken, STOP);
    wake(&pool->room[IDLE]);
    for (int i = 0; i < pool->workers; i++)
        pthread_join(pool->threads[i], NULL);
    for (int i = 0; i < pool->rooms; i++) {
        pthread_cond_destroy(&pool->room[i].changed);
        pthread_mutex_destroy(&pool->room[i].mutex);
    }
    const nhwc_context context = pool->context;
    nhwc__deallocate(&context, pool);
}
