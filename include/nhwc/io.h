/* Tensors in files: NumPy's .npy and .npz, and IDX, the format of MNIST.
 *
 * SPDX-License-Identifier: MIT
 *
 * SYNOPSIS - a filter from Python, by np.savez("weights.npz", filter=w, bias=b):
 *
 *     #include <nhwc/io.h>
 *
 *     nhwc_npz *file;
 *     nhwc_tensor filter, bias;
 *     if (nhwc_npz_open(NULL, "weights.npz", &file) == NHWC_OK) {
 *         if (nhwc_npz_read(file, "filter", &filter) == NHWC_OK && nhwc_npz_read(file, "bias", &bias) == NHWC_OK)
 *             ...
 *         nhwc_npz_close(file);
 *     }
 *
 * CONVENTIONS, beside those of nhwc.h
 *   - What is read is a dense tensor in new memory of the context's allocator, to be released with nhwc_tensor_destroy
 *     and the same context. On failure the tensor is untouched.
 *   - Files from elsewhere are not trusted: every length is checked against the file before memory is asked for, of an
 *     .npz the checksums as well. NHWC_ERROR_FORMAT says what is wrong.
 *   - What is written appears under its name when all of it is written (until then as NAME.part); on failure a file of
 *     that name is as it was. The bytes are the same on every machine. Tensors have any strides.
 *   - NHWC_ERROR_FILE is what the system refuses: no such file, no room.
 */
#ifndef NHWC_IO_H
#define NHWC_IO_H

#include <nhwc/nhwc.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An .npy file of float32, float64, int32, int64, uint8 or bool, of either byte order, in C or Fortran order; another
 * dtype is NHWC_ERROR_DTYPE.                                                                              [np.load] */
NHWC_API nhwc_status nhwc_npy_read(const nhwc_context *context, const char *path, nhwc_tensor *x);

/*                                                                                                         [np.save] */
NHWC_API nhwc_status nhwc_npy_write(const nhwc_context *context, const char *path, const nhwc_tensor *x);

/* An .npz file, open to be read: named tensors, stored as np.savez does. What np.savez_compressed has deflated is
 * NHWC_ERROR_FORMAT when it is read; so are entries above 4 GiB. The allocator has to outlive it. */
typedef struct nhwc_npz nhwc_npz;

NHWC_API nhwc_status nhwc_npz_open(const nhwc_context *context, const char *path, nhwc_npz **npz);

/* NULL is fine. */
NHWC_API void nhwc_npz_close(nhwc_npz *npz);

/* How many tensors it has, 0 for NULL, and the name of one, without ".npy"; NULL where there is none of this index. The
 * text lives as long as npz. */
NHWC_API int nhwc_npz_count(const nhwc_npz *npz);
NHWC_API const char *nhwc_npz_name(const nhwc_npz *npz, int index);

/* The tensor of this name; of several the last, as in Python. One thread at a time. */
NHWC_API nhwc_status nhwc_npz_read(nhwc_npz *npz, const char *name, nhwc_tensor *x);

/* An .npz of `count` tensors. Names, in UTF-8, are not empty, and no two are the same.                  [np.savez] */
NHWC_API nhwc_status nhwc_npz_write(const nhwc_context *context, const char *path, int count,
                                    const char *const *names, const nhwc_tensor *x);

/* An IDX file of unsigned bytes, int32, float32 or float64, as MNIST's images [n, 28, 28] and labels [n] are. It has
 * to be unpacked, if it is a .gz. */
NHWC_API nhwc_status nhwc_idx_read(const nhwc_context *context, const char *path, nhwc_tensor *x);

#ifdef __cplusplus
}
#endif

#endif
