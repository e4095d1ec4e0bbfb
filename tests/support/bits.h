/* Bits of results, as one number that is recorded in a test: the same from every compiler. */
#ifndef NHWC_TESTS_BITS_H
#define NHWC_TESTS_BITS_H

#include <string.h>

#include "support/guarded.h"

/* FNV-1a of the elements as doubles, which hold those of all floats; begins with any number. */
static inline uint64_t hash_elements(uint64_t hash, const nhwc_tensor *tensor)
{
    for (int64_t i = 0, count = element_count(tensor); i < count; i++) {
        const double value = element_get(tensor, i);
        uint64_t bits;
        memcpy(&bits, &value, sizeof bits);
        for (int byte = 0; byte < 8; byte++)
            hash = (hash ^ (bits >> 8 * byte & 0xFF)) * UINT64_C(0x100000001B3);
    }
    return hash;
}

#endif
