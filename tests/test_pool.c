/* The pool: every task once, whoever calls from wherever, awake or asleep; what it refuses and gives back.
 * Tasks use plain memory and nothing else, so that ThreadSanitizer sees whether the pool orders it. */
#define _POSIX_C_SOURCE 200809L

#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "support/check.h"
#include "support/failing_allocator.h"

#ifdef __has_feature
#define HAS_FEATURE(name) __has_feature(name)
#else
#define HAS_FEATURE(name) 0
#endif

#define HUGE_COUNT (1 << 20)

static const int thread_counts[] = {1, 2, 3, 4, 7};
#define POOLS (sizeof thread_counts / sizeof *thread_counts)

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void spend(int64_t ns)
{
    for (const int64_t end = now_ns() + ns; now_ns() < end;)
        continue;
}

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

static nhwc_pool *pool_of(int threads)
{
    nhwc_pool *pool = NULL;
    CHECK_OK(nhwc_pool_create(NULL, threads, &pool));
    return pool;
}

static void count_up(void *counters, int64_t index)
{
    ((int *)counters)[index]++;
}

/* Whether all `count` counters are `expected`. */
static bool all_are(const int *counters, int64_t count, int expected)
{
    for (int64_t i = 0; i < count; i++)
        if (counters[i] != expected)
            return false;
    return true;
}

/* Tasks that end when all of them have begun, which takes a thread for each. */
typedef struct meeting {
    int count;
    atomic_int arrived;
    atomic_bool failed;
} meeting;

static void meet(void *argument, int64_t index)
{
    (void)index;
    meeting *m = argument;
    atomic_fetch_add(&m->arrived, 1);
    for (const int64_t end = now_ns() + INT64_C(20000000000); atomic_load(&m->arrived) < m->count;) {
        if (now_ns() > end) {
            atomic_store(&m->failed, true);
            return;
        }
        sched_yield();
    }
}

static void check_meeting(nhwc_pool *pool, int threads)
{
    meeting m = {.count = threads};
    nhwc_pool_parallel_for(pool, threads, meet, &m);
    CHECK(!m.failed);
}

static void test_every_index_once(void **state)
{
    (void)state;
    const int64_t counts[] = {0, 1, 2, 3, 4, 5, 7, 8, 64, 1000, HUGE_COUNT};
    int *counters = calloc(HUGE_COUNT + 1, sizeof *counters);
    CHECK(counters != NULL);
    for (size_t t = 0; t < POOLS; t++) {
        nhwc_pool *pool = pool_of(thread_counts[t]);
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
            nhwc_pool_parallel_for(pool, counts[c], count_up, counters);
            CHECK(all_are(counters, counts[c], 1) && counters[counts[c]] == 0);
            memset(counters, 0, (size_t)counts[c] * sizeof *counters);
        }
        nhwc_pool_parallel_for(pool, -1, count_up, NULL);
        nhwc_pool_destroy(pool);
    }
    nhwc_pool_parallel_for(NULL, 9, count_up, counters); /* no pool: in the calling thread */
    CHECK(all_are(counters, 9, 1) && counters[9] == 0);
    free(counters);
}

/* What the tasks of one call leave is what those of the next find. */
static void test_rapid_calls(void **state)
{
    (void)state;
    for (size_t t = 0; t < POOLS; t++) {
        nhwc_pool *pool = pool_of(thread_counts[t]);
        int counters[10] = {0};
        for (int call = 1; call <= 5000; call++) {
            nhwc_pool_parallel_for(pool, 2 + call % 8, count_up, counters);
            nhwc_pool_parallel_for(pool, 10, count_up, counters);
            nhwc_pool_parallel_for(pool, 8 - call % 8, count_up, counters + 2 + call % 8);
            CHECK(all_are(counters, 10, 2 * call));
        }
        nhwc_pool_destroy(pool);
    }
}

/* All workers come: when they spin, when they sleep, and when they are about to. */
static void test_workers_come(void **state)
{
    (void)state;
    for (size_t t = 0; t < POOLS; t++) {
        const int threads = thread_counts[t];
        nhwc_pool *pool = pool_of(threads);
        check_meeting(pool, threads);
        for (int i = 0; i < 200; i++)
            check_meeting(pool, threads);
        for (int i = 0; i < 20; i++) {
            sleep_ms(2);
            check_meeting(pool, threads);
        }
        for (int64_t ns = 20000; ns < 80000; ns += 100) {
            spend(ns);
            check_meeting(pool, threads);
        }
        nhwc_pool_destroy(pool);
    }
}

/* A worker's task takes so long that the caller, which has none left, falls asleep. */
typedef struct errand {
    pthread_t caller;
    atomic_bool begun;
    int result;
} errand;

static void run_errand(void *argument, int64_t index)
{
    (void)index;
    errand *e = argument;
    if (pthread_equal(pthread_self(), e->caller)) {
        while (!atomic_load(&e->begun))
            sched_yield();
    } else {
        atomic_store(&e->begun, true);
        sleep_ms(2);
        e->result = 7;
    }
}

static void test_caller_sleeps(void **state)
{
    (void)state;
    nhwc_pool *pool = pool_of(2);
    for (int i = 0; i < 50; i++) {
        errand e = {.caller = pthread_self()};
        nhwc_pool_parallel_for(pool, 2, run_errand, &e);
        CHECK(e.result == 7);
    }
    nhwc_pool_destroy(pool);
}

/* Several threads of the application call the same pool. */
typedef struct user {
    pthread_t thread;
    nhwc_pool *pool;
    int counters[32];
    bool correct;
} user;

static void *use(void *argument)
{
    user *u = argument;
    u->correct = true;
    for (int call = 1; call <= 1000; call++) {
        nhwc_pool_parallel_for(u->pool, 32, count_up, u->counters);
        u->correct &= all_are(u->counters, 32, call);
        if (call % 250 == 0)
            sleep_ms(1);
    }
    return NULL;
}

static void test_several_callers(void **state)
{
    (void)state;
    for (size_t t = 0; t < POOLS; t++) {
        nhwc_pool *pool = pool_of(thread_counts[t]);
        user users[4] = {{.pool = pool}, {.pool = pool}, {.pool = pool}, {.pool = pool}};
        for (int i = 0; i < 4; i++)
            CHECK(pthread_create(&users[i].thread, NULL, use, &users[i]) == 0);
        for (int i = 0; i < 4; i++) {
            CHECK(pthread_join(users[i].thread, NULL) == 0);
            CHECK(users[i].correct);
        }
        nhwc_pool_destroy(pool);
    }
}

/* Tasks that call the pool they run in, or another one, and whose tasks do the same. */
typedef struct nest {
    nhwc_pool *own, *other;
    int size; /* of `counters`, a power of 6 */
    int *counters;
} nest;

static void run_nest(void *argument, int64_t index)
{
    const nest *n = argument;
    const int size = n->size / 6;
    nest inner = {n->other, n->own, size, n->counters + index * size};
    if (size > 1)
        nhwc_pool_parallel_for(n->other, 6, run_nest, &inner);
    else
        n->counters[index]++;
}

static void test_nested_calls(void **state)
{
    (void)state;
    nhwc_pool *a = pool_of(3), *b = pool_of(2);
    int counters[216] = {0};
    for (int call = 1; call <= 200; call++) {
        nhwc_pool_parallel_for(a, 6, run_nest, &(nest){a, b, 216, counters});
        CHECK(all_are(counters, 216, 2 * call - 1));
        nhwc_pool_parallel_for(a, 6, run_nest, &(nest){a, a, 216, counters});
        CHECK(all_are(counters, 216, 2 * call));
    }
    nhwc_pool_destroy(a);
    nhwc_pool_destroy(b);
}

static void test_create_and_destroy(void **state)
{
    (void)state;
    nhwc_pool_destroy(NULL);
    int counters[8] = {0};
    for (int i = 0; i < 200; i++) {
        failing_allocator a = {0};
        nhwc_context context = failing_context(&a);
        nhwc_pool *pool;
        CHECK_OK(nhwc_pool_create(&context, 1 + i % 5, &pool));
        CHECK(a.live > 0 && a.alignment == 64);
        context = (nhwc_context){.threads = -1}; /* the pool has no use for it any more */
        if (i % 3 == 1)
            nhwc_pool_parallel_for(pool, 8, count_up, counters);
        if (i % 20 == 2)
            sleep_ms(1);
        nhwc_pool_destroy(pool);
        CHECK(a.live == 0);
    }
    CHECK(all_are(counters, 8, 67));
}

static void test_refused(void **state)
{
    (void)state;
    nhwc_pool *const untouched = (nhwc_pool *)&state;
    nhwc_pool *pool = untouched;
    failing_allocator a = {.fail_at = 0};
    const nhwc_context context = failing_context(&a);
    CHECK_FAILS(nhwc_pool_create(&context, 0, &pool), NHWC_ERROR_ARGUMENT, "threads is 0", "1 to 256");
    CHECK_FAILS(nhwc_pool_create(&context, -3, &pool), NHWC_ERROR_ARGUMENT, "threads is -3");
    CHECK_FAILS(nhwc_pool_create(&context, 257, &pool), NHWC_ERROR_ARGUMENT, "threads is 257");
    CHECK_FAILS(nhwc_pool_create(&context, INT_MAX, &pool), NHWC_ERROR_ARGUMENT, "threads is 2147483647");
    CHECK_FAILS(nhwc_pool_create(&context, 2, NULL), NHWC_ERROR_ARGUMENT, "pool is NULL");
    CHECK_FAILS(nhwc_pool_create(&(nhwc_context){.threads = 2}, 2, &pool), NHWC_ERROR_ARGUMENT, "NULL");
    CHECK(pool == untouched && a.calls == 0);
}

static void test_out_of_memory(void **state)
{
    (void)state;
    nhwc_pool *const untouched = (nhwc_pool *)&state;
    nhwc_pool *pool = untouched;
    failing_allocator a = {.fail_at = 1};
    const nhwc_context context = failing_context(&a);
    while (nhwc_pool_create(&context, 4, &pool) != NHWC_OK) {
        CHECK_FAILS((a.calls = 0, nhwc_pool_create(&context, 4, &pool)), NHWC_ERROR_OUT_OF_MEMORY, "bytes");
        CHECK(a.live == 0 && pool == untouched);
        a = (failing_allocator){.fail_at = a.fail_at + 1};
    }
    CHECK(a.fail_at > 1 && a.calls < a.fail_at); /* it has failed at each */
    nhwc_pool_destroy(pool);
    CHECK(a.live == 0);
}

/* The system has memory for some workers, and then for no more. */
static void test_out_of_threads(void **state)
{
    (void)state;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    skip(); /* a sanitizer cannot live with the limit */
#endif
    if (HAS_FEATURE(address_sanitizer) || HAS_FEATURE(thread_sanitizer))
        skip();
    struct rlimit before;
    nhwc_pool *const untouched = (nhwc_pool *)&state;
    nhwc_pool *pool = untouched;
    failing_allocator a = {0};
    const nhwc_context context = failing_context(&a);
    CHECK(getrlimit(RLIMIT_AS, &before) == 0);
    CHECK(setrlimit(RLIMIT_AS, &(struct rlimit){256 << 20, before.rlim_max}) == 0);
    const nhwc_status status = nhwc_pool_create(&context, 256, &pool);
    CHECK(setrlimit(RLIMIT_AS, &before) == 0);
    if (status == NHWC_OK) { /* as under an emulator, which takes no notice */
        nhwc_pool_destroy(pool);
        CHECK(a.live == 0);
        skip();
    }
    CHECK_FAILS(status, NHWC_ERROR_OUT_OF_MEMORY, "pool_create", "not 255");
    CHECK(a.live == 0 && a.calls > 0 && pool == untouched);
}

static void test_context(void **state)
{
    (void)state;
    nhwc_tensor t;
    const int64_t dims[] = {2};
    const nhwc_context negative = {.threads = -2}, nobody = {.threads = 4},
                       nothing = {.parallel_for = nhwc_pool_parallel_for},
                       one = {.threads = 1}, two = {.threads = 2, .parallel_for = nhwc_pool_parallel_for};
    CHECK_FAILS(nhwc_tensor_create(&negative, NHWC_FLOAT32, 1, dims, &t), NHWC_ERROR_ARGUMENT, "is -2");
    CHECK_FAILS(nhwc_tensor_create(&nobody, NHWC_FLOAT32, 1, dims, &t), NHWC_ERROR_ARGUMENT, "is 4",
                "nhwc_pool_parallel_for");
    CHECK_FAILS(nhwc_tensor_create(&nothing, NHWC_FLOAT32, 1, dims, &t), NHWC_ERROR_ARGUMENT, "is 0");
    CHECK_OK(nhwc_tensor_create(&one, NHWC_FLOAT32, 1, dims, &t));
    nhwc_tensor_destroy(&one, &t);
    CHECK_OK(nhwc_tensor_create(&two, NHWC_FLOAT32, 1, dims, &t));
    nhwc_tensor_destroy(&two, &t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_index_once),
        cmocka_unit_test(test_rapid_calls),
        cmocka_unit_test(test_workers_come),
        cmocka_unit_test(test_caller_sleeps),
        cmocka_unit_test(test_several_callers),
        cmocka_unit_test(test_nested_calls),
        cmocka_unit_test(test_create_and_destroy),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_out_of_memory),
        cmocka_unit_test(test_out_of_threads),
        cmocka_unit_test(test_context),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
