/* Drawn digits and letters: the strokes of a pen, by another hand in each image. */
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "chance.h"
#include "samples.h"

enum { SIDE = 28, MOST_POINTS = 64, MOST_LINES = 200 };

/* Points of a grid, from 00 left and top to 88. A stroke that begins with ~ is a curve that is drawn to them. Some
 * characters are written in two ways. */
static const char *const digits[10][2] = {
    {"~401018787040"},
    {"5058", "235058 3878"},
    {"~1210707418 1878"},
    {"~1120707434 ~3484882817", "107044 ~4484882817"},
    {"501575 5258", "6068 601585"},
    {"702023 ~2382881817"},
    {"~60111878742416"},
    {"107038", "107038 3474"},
    {"~401014747040 ~441418787444"},
    {"~28777010146472", "~727010147472 7178"},
};

static const char *const letters[10][2] = {
    {"084088 2565", "08305088 1575"},
    {"1018 ~10707414 ~14848818"},
    {"~727010187876"},
    {"1018 ~10808818", "1018 ~105080885818"},
    {"70101878 1464"},
    {"701018 1464"},
    {"~727010187875 7545"},
    {"1018 7078 1474"},
    {"4048", "4048 2060 2868"},
    {"~6064681816", "~6064681816 4080"},
};

/* How a character is drawn, in parts of the image's side. */
struct hand {
    double tremor;                                /* how far points stray */
    double wide, high, slant, turn, across, down; /* from the grid to the image */
    double pen, flat, angle;                      /* half the width of the pen, one way and the other, and which way */
    double serif;                                 /* half the length of the bars at ends of strokes, or 0 */
    double hollow;                                /* the part of the pen that leaves no ink */
    double ink, noise;
};

struct point {
    double x, y;
};

struct drawing {
    int lines;
    struct point from[MOST_LINES], to[MOST_LINES]; /* in pixels */
};

/* ---- Strokes become lines ------------------------------------------------------------------- */

/* The points of a stroke, from the middle of the grid, with the tremor of the hand. */
static int read_points(const char *text, size_t length, const struct hand *hand, struct chance *chance,
                       struct point *points)
{
    int count = 0;
    for (size_t i = 0; i + 1 < length; i += 2, count++) {
        points[count].x = (text[i] - '4') / 8.0 + between(chance, -hand->tremor, hand->tremor);
        points[count].y = (text[i + 1] - '4') / 8.0 + between(chance, -hand->tremor, hand->tremor);
    }
    return count;
}

static struct point part_of_way(struct point a, struct point b, double part)
{
    return (struct point){a.x + part * (b.x - a.x), a.y + part * (b.y - a.y)};
}

/* Chaikin's curve: all corners cut, between the first point and the last. */
static int cut_corners(struct point *points, int count)
{
    struct point cut[MOST_POINTS];
    int made = 0;
    cut[made++] = points[0];
    for (int i = 1; i < count && made + 3 <= MOST_POINTS; i++) {
        cut[made++] = part_of_way(points[i - 1], points[i], 0.25);
        cut[made++] = part_of_way(points[i - 1], points[i], 0.75);
    }
    cut[made++] = points[count - 1];
    memcpy(points, cut, sizeof *cut * (size_t)made);
    return made;
}

static struct point in_image(struct point p, const struct hand *hand)
{
    const double x = hand->wide * p.x - hand->slant * p.y, y = hand->high * p.y;
    const double sine = sin(hand->turn), cosine = cos(hand->turn);
    return (struct point){SIDE * (0.5 + hand->across + cosine * x - sine * y),
                          SIDE * (0.5 + hand->down + sine * x + cosine * y)};
}

static void add_line(struct drawing *drawing, const struct hand *hand, struct point from, struct point to)
{
    if (drawing->lines == MOST_LINES)
        return;
    drawing->from[drawing->lines] = in_image(from, hand);
    drawing->to[drawing->lines++] = in_image(to, hand);
}

static void add_serif(struct drawing *drawing, const struct hand *hand, struct point end)
{
    add_line(drawing, hand, (struct point){end.x - hand->serif, end.y}, (struct point){end.x + hand->serif, end.y});
}

static void add_stroke(struct drawing *drawing, const char *text, size_t length, const struct hand *hand,
                       struct chance *chance)
{
    struct point points[MOST_POINTS];
    const bool curve = text[0] == '~';
    int count = read_points(text + curve, length - curve, hand, chance, points);
    for (int round = 0; curve && round < 2; round++)
        count = cut_corners(points, count);
    for (int i = 1; i < count; i++)
        add_line(drawing, hand, points[i - 1], points[i]);
    if (hand->serif > 0) {
        add_serif(drawing, hand, points[0]);
        add_serif(drawing, hand, points[count - 1]);
    }
}

/* ---- Lines become pixels -------------------------------------------------------------------- */

/* How far a vector reaches, if the pen's half width is 1 in every direction. */
static double pen_length(double x, double y, const struct hand *hand, double cosine, double sine)
{
    return hypot((cosine * x + sine * y) / (SIDE * hand->pen), (cosine * y - sine * x) / (SIDE * hand->flat));
}

/* The nearest the line comes to each pixel. */
static void approach(const struct drawing *drawing, int line, const struct hand *hand, double (*nearest)[SIDE])
{
    const struct point a = drawing->from[line], b = drawing->to[line];
    const double reach = SIDE * hand->pen + 1, cosine = cos(hand->angle), sine = sin(hand->angle);
    const double dx = b.x - a.x, dy = b.y - a.y, length2 = fmax(dx * dx + dy * dy, 1e-9);
    const int top = (int)fmax(fmin(a.y, b.y) - reach, 0), bottom = (int)fmin(fmax(a.y, b.y) + reach, SIDE - 1);
    const int left = (int)fmax(fmin(a.x, b.x) - reach, 0), right = (int)fmin(fmax(a.x, b.x) + reach, SIDE - 1);
    for (int y = top; y <= bottom; y++)
        for (int x = left; x <= right; x++) {
            const double px = x + 0.5 - a.x, py = y + 0.5 - a.y;
            const double along = fmin(fmax((px * dx + py * dy) / length2, 0), 1);
            const double length = pen_length(px - along * dx, py - along * dy, hand, cosine, sine);
            nearest[y][x] = fmin(nearest[y][x], length);
        }
}

/* Ink between the edges of the pen, half of it where an edge goes through the middle of a pixel. */
static double ink_at(double length, const struct hand *hand)
{
    const double outer = (1 - length) * SIDE * hand->flat + 0.5;
    const double inner = (length - hand->hollow) * SIDE * hand->flat + 0.5;
    return fmin(fmax(hand->hollow > 0 ? fmin(outer, inner) : outer, 0), 1);
}

static void fill_pixels(const struct drawing *drawing, const struct hand *hand, struct chance *chance, float *pixels)
{
    double nearest[SIDE][SIDE];
    for (int i = 0; i < SIDE * SIDE; i++)
        nearest[i / SIDE][i % SIDE] = 1e9;
    for (int line = 0; line < drawing->lines; line++)
        approach(drawing, line, hand, nearest);
    for (int i = 0; i < SIDE * SIDE; i++) {
        const double noise = between(chance, -hand->noise, hand->noise);
        pixels[i] = (float)fmin(fmax(hand->ink * ink_at(nearest[i / SIDE][i % SIDE], hand) + noise, 0), 1);
    }
}

static void draw(const char *text, const struct hand *hand, struct chance *chance, float *pixels)
{
    struct drawing drawing = {.lines = 0};
    while (*text) {
        const size_t length = strcspn(text, " ");
        add_stroke(&drawing, text, length, hand, chance);
        text += length + strspn(text + length, " ");
    }
    fill_pixels(&drawing, hand, chance, pixels);
}

/* ---- Hands ---------------------------------------------------------------------------------- */

static struct hand writing(struct chance *chance)
{
    struct hand hand = {.tremor = 0.05, .noise = 0.02};
    hand.wide = between(chance, 0.4, 0.65);
    hand.high = between(chance, 0.6, 0.7);
    hand.slant = between(chance, -0.1, 0.25);
    hand.turn = between(chance, -0.2, 0.2);
    hand.across = between(chance, -0.05, 0.05);
    hand.down = between(chance, -0.05, 0.05);
    hand.pen = hand.flat = between(chance, 0.035, 0.075);
    hand.ink = between(chance, 0.85, 1);
    return hand;
}

/* From hairlines to black letters, upright or slanted, with serifs or without, filled or outlined. */
static struct hand typeface(struct chance *chance)
{
    struct hand hand = {.tremor = 0.02};
    hand.wide = between(chance, 0.45, 0.9);
    hand.high = between(chance, 0.6, 0.85);
    hand.slant = happens(chance, 0.3) ? between(chance, 0, 0.25) : 0;
    hand.turn = happens(chance, 0.2) ? between(chance, -0.25, 0.25) : 0;
    hand.across = between(chance, -0.06, 0.06);
    hand.down = between(chance, -0.06, 0.06);
    hand.pen = hand.flat = between(chance, 0.03, 0.13);
    if (hand.pen > 0.06 && happens(chance, 0.2))
        hand.hollow = between(chance, 0.4, 0.6);
    else
        hand.flat *= between(chance, 0.35, 1);
    hand.angle = between(chance, 0, 3.1416);
    hand.serif = happens(chance, 0.4) ? between(chance, 0.08, 0.2) : 0;
    hand.ink = between(chance, 0.7, 1);
    hand.noise = between(chance, 0, 0.15);
    return hand;
}

static const char *draw_all(struct samples *samples, int64_t count, uint64_t seed, const char *const (*characters)[2],
                            struct hand (*hand_of)(struct chance *))
{
    const char *error = samples_create(samples, count, SIDE, SIDE, 1, false);
    for (int64_t i = 0; !error && i < count; i++) {
        struct chance chance = chance_of(seed, i);
        const int label = (int)between(&chance, 0, 10);
        const bool other = characters[label][1] && happens(&chance, 0.5);
        const struct hand hand = hand_of(&chance);
        draw(characters[label][other], &hand, &chance, (float *)samples->images.data + i * SIDE * SIDE);
        ((int32_t *)samples->labels.data)[i] = label;
    }
    return error;
}

const char *samples_draw_digits(struct samples *samples, int64_t count, uint64_t seed)
{
    return draw_all(samples, count, seed, digits, writing);
}

const char *samples_draw_letters(struct samples *samples, int64_t count, uint64_t seed)
{
    return draw_all(samples, count, seed, letters, typeface);
}
