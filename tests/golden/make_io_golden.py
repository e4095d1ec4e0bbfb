#!/usr/bin/env python3
"""Makes io_golden.h: files as NumPy and Python write them, and what NumPy reads from them.

Needs numpy (2.4.6 made the file in the tree). Run:

    python3 tests/golden/make_io_golden.py > tests/golden/io_golden.h
"""
import io
import sys
import zipfile

import numpy as np

DTYPES = {"f4": "NHWC_FLOAT32", "f8": "NHWC_FLOAT64", "i4": "NHWC_INT32", "i8": "NHWC_INT64", "u1": "NHWC_UINT8",
          "b1": "NHWC_BOOL"}


def value(shape):
    """Small integers, all of which each dtype can hold."""
    return (np.arange(int(np.prod(shape))) * 37 % 101).reshape(shape)


def character(b):
    return chr(b) if 32 <= b < 127 and b not in b'"\\?' else f"\\{b:03o}"


def string(data):
    """Bytes as a C string, on lines of its own."""
    lines = [""]
    for b in data:
        if len(lines[-1]) > 100:
            lines.append("")
        lines[-1] += character(b)
    return "\n".join(f'     "{line}"' for line in lines)


def number(v):
    return repr(float(v)).replace("inf", "INFINITY")


def row(call, data, x):
    """A file and the tensor in it; None where it is not to be read."""
    shape = "0, -1, {0}, NULL" if x is None else (
        f"{DTYPES[x.dtype.str[1:]]}, {x.ndim}, {{{', '.join(map(str, x.shape)) or '0'}}}, "
        + (f"(const double[]){{{', '.join(map(number, x.ravel()))}}}" if x.size else "NULL"))
    return f'    {{"{call}",\n{string(data)},\n     {len(data)}, {shape}}},'


def saved(x, version=None):
    file = io.BytesIO()
    np.lib.format.write_array(file, x, version)
    return file.getvalue()


def npy_with(text, elements=b""):
    header = text.encode("latin1")
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + elements


def readable(call, data):
    """A row of what np.load says."""
    try:
        x = np.load(io.BytesIO(data))
    except Exception:
        x = None
    return row(call, data, x)


def npy_rows():
    for name in DTYPES:
        for order in "<>" if name[1] != "1" else "|":
            x = value((2, 3)).astype(order + name)
            yield readable(f"np.save of {order}{name}", saved(x))
    yield readable("np.save of Fortran order", saved(np.asfortranarray(value((2, 3, 4)).astype("<f4"))))
    yield readable("np.save of Fortran order, big-endian", saved(np.asfortranarray(value((3, 2)).astype(">i4"))))
    yield readable("np.save of a number", saved(np.array(2.5, "<f8")))
    yield readable("np.save of one axis", saved(value(5).astype("<i8")))
    yield readable("np.save of nothing", saved(np.zeros((3, 0, 2), "<f4")))
    yield readable("np.save of eight axes", saved(value((1, 2, 1, 2, 1, 1, 1, 2)).astype("<f4")))
    yield readable("version 2", saved(value(3).astype("<f4"), (2, 0)))
    yield readable("version 3", saved(value(3).astype("<f4"), (3, 0)))
    yield readable("another order of keys, without spaces",
                   npy_with('{"shape":(2,),"fortran_order":False,"descr":"<i4"}', b"\x01\0\0\0\x02\0\0\0"))
    special = np.array([-0.0, np.inf, -np.inf, 1e-45, 1 + 2**-23], "<f4")
    yield readable("special values", saved(special))
    yield row("booleans that are neither 0 nor 1", npy_with("{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }",
                                                            b"\0\x02\xff"), np.array([False, True, True]))
    yield row("lengths of Python 2", npy_with("{'descr': '<i4', 'fortran_order': False, 'shape': (1L, 1L), }",
                                              b"\x05\0\0\0"), np.array([[5]], "<i4"))


def refused_rows():
    """Dtypes and shapes there are none of here, and texts that are no header."""
    f4 = "'descr': '<f4', 'fortran_order': False, "
    for dtype in "<f2", "<i2", "<u4", "<c8", "<U3", "|S4":
        yield row(f"np.save of {dtype}", saved(np.zeros(2, dtype)), None)
    yield row("np.save of records", saved(np.zeros(2, [("a", "<f4"), ("b", "<i4")])), None)
    yield row("nine axes", saved(np.zeros((1,) * 9, "<f4")), None)
    for text in ("", "{", "{}", "{" + f4 + "}", "{" + f4 + "'shape': (2}", "{" + f4 + "'shape': (-1,)}",
                 "{" + f4 + "'shape': (1 1)}", "{" + f4 + "'shape': (99999999999999999999,)}",
                 "{" + f4 + "'shape': (4611686018427387904, 4)}", "{" + f4 + "'shape': (1,)} x",
                 "{" + f4 + "'shape': (1,), 'shape': (1,)}", "{" + f4 + "'shape': (1,), 'more': 1}",
                 "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (1,)}",
                 "{'descr': '<f4, 'fortran_order': False, 'shape': (1,)}",
                 "{'descr': 'f4', 'fortran_order': False, 'shape': (1,)}",
                 "{'descr': '\0f4', 'fortran_order': False, 'shape': (1,)}", "{" + f4 + "'shape': (2,)}",
                 "{" + f4 + "'shape': (0,)}"):
        yield row(text.replace('"', "'").replace("\0", "0"), npy_with(text, b"\0\0\x80\x3f"), None)
    yield row("another magic word", b"\x93NUMPX\x01\x00\x02\x00{}", None)
    yield row("version 4", b"\x93NUMPY\x04\x00\x02\x00\x00\x00{}", None)
    yield row("a long header", b"\x93NUMPY\x02\x00" + (10001).to_bytes(4, "little") + b" " * 9, None)


def npz_of(save, **arrays):
    file = io.BytesIO()
    save(file, **arrays)
    return file.getvalue()


def npz_rows():
    kernel, bias = value((1, 2, 1, 3)).astype("<f4"), value(3).astype(">f8")
    yield "np.savez", npz_of(np.savez, **{"conv/kernel:0": kernel, "bias": bias}), ["conv/kernel:0", "bias"]
    yield "np.savez of nothing", npz_of(np.savez), []
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo("read.me"), "no tensor")
        archive.writestr(zipfile.ZipInfo("a.npy"), saved(kernel))
        archive.writestr(zipfile.ZipInfo("b.npy"), saved(bias), zipfile.ZIP_DEFLATED)
        archive.comment = b"PK\x05\x06 in a comment"
    yield "a comment, a text, a deflated entry", file.getvalue(), ["a", "b"]
    yield "a name that is not ASCII", written({"größe": kernel}), ["größe"]


def written(arrays):
    """What Python's zipfile makes of them, on the first day of 1980."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, x in arrays.items():
            archive.writestr(zipfile.ZipInfo(name + ".npy"), saved(x))
    loaded = np.load(io.BytesIO(file.getvalue()))
    assert all(np.array_equal(loaded[name], x) and loaded[name].dtype == x.dtype for name, x in arrays.items())
    return file.getvalue()


def main():
    print(f"/* Made by make_io_golden.py with NumPy {np.__version__} and Python {sys.version.split()[0]}. */\n")
    print("static const golden_file golden_npy[] = {")
    print("\n".join(npy_rows()))
    print("};\n\nstatic const golden_file golden_refused[] = {")
    print("\n".join(refused_rows()))
    print("};\n\nstatic const golden_archive golden_npz[] = {")
    for call, data, names in npz_rows():
        quoted = ", ".join(f'"{"".join(map(character, name.encode()))}"' for name in names) or "NULL"
        print(f'    {{"{call}",\n{string(data)},\n     {len(data)}, {len(names)}, {{{quoted}}}}},')
    print("};\n")
    arrays = {name: value((2, 3)).astype("|" + name if name[1] == "1" else "<" + name) for name in DTYPES}
    print(f"static const char golden_written[] =\n{string(written(arrays))};")


main()
