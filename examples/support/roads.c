/* Drawn roads: what a camera behind a windscreen sees of a flat world, and which of its pixels are road. */
#include <math.h>

#include "chance.h"
#include "samples.h"

enum { HEIGHT = 96, WIDTH = 160 };

struct colour {
    double red, green, blue;
};

struct shadow {
    double x, y, wide, high, light;
};

/* Lengths are parts of the image's height downwards and of its width across; on the ground, at its lower edge. */
struct scene {
    double horizon, vanishing, offset, bend; /* where the road goes */
    double half, shoulder;                   /* half its width, and how much wider it is with the shoulders */
    double dash, dashes, line;               /* of the paint: where the first dash begins, how many there are, width */
    bool middle_line, edge_lines, car;
    double car_side, car_near, car_wide;
    double hills, rough, noise;
    struct colour asphalt, verge, ground, paint, zenith, haze, hill, body;
    struct shadow shadows[4];
    uint64_t texture;
};

/* ---- Textures ------------------------------------------------------------------------------- */

/* -1 .. 1 at the points of a grid ... */
static double grain(uint64_t texture, int64_t x, int64_t y)
{
    return (double)(mixed(texture + (uint64_t)x * 0x9e3779b97f4a7c15u + (uint64_t)y * 0xc2b2ae3d27d4eb4fu) >> 11) /
               4503599627370496.0 - 1;
}

/* ... and smooth between them. */
static double cloudy(uint64_t texture, double x, double y)
{
    const double left = floor(x), top = floor(y), u = x - left, v = y - top;
    const int64_t i = (int64_t)left, j = (int64_t)top;
    const double a = u * u * (3 - 2 * u), b = v * v * (3 - 2 * v);
    return (grain(texture, i, j) * (1 - a) + grain(texture, i + 1, j) * a) * (1 - b) +
           (grain(texture, i, j + 1) * (1 - a) + grain(texture, i + 1, j + 1) * a) * b;
}

static struct colour blend(struct colour a, struct colour b, double part)
{
    return (struct colour){a.red + part * (b.red - a.red), a.green + part * (b.green - a.green),
                           a.blue + part * (b.blue - a.blue)};
}

static struct colour lit(struct colour c, double light)
{
    return (struct colour){c.red * light, c.green * light, c.blue * light};
}

/* ---- A scene -------------------------------------------------------------------------------- */

static struct colour near_to(struct chance *chance, double red, double green, double blue, double spread)
{
    struct colour colour;
    colour.red = red + between(chance, -spread, spread);
    colour.green = green + between(chance, -spread, spread);
    colour.blue = blue + between(chance, -spread, spread);
    return colour;
}

static struct colour verge_colour(struct chance *chance)
{
    if (happens(chance, 0.6))
        return near_to(chance, 0.25, 0.45, 0.15, 0.12); /* grass */
    if (happens(chance, 0.7))
        return near_to(chance, 0.6, 0.5, 0.32, 0.12); /* sand, or what the summer has left */
    return near_to(chance, 0.85, 0.87, 0.9, 0.06);    /* snow */
}

static struct shadow shadow_of(struct chance *chance)
{
    struct shadow shadow;
    shadow.x = between(chance, 0, 1);
    shadow.y = between(chance, 0.4, 1);
    shadow.wide = between(chance, 0.1, 0.5);
    shadow.high = between(chance, 0.02, 0.12);
    shadow.light = happens(chance, 0.5) ? between(chance, 0.45, 0.8) : 1;
    return shadow;
}

static void lay_out(struct scene *s, struct chance *chance)
{
    s->horizon = between(chance, 0.25, 0.5);
    s->vanishing = between(chance, 0.25, 0.75);
    s->offset = between(chance, -0.15, 0.15);
    s->bend = between(chance, -0.4, 0.4);
    s->half = between(chance, 0.25, 0.55);
    s->shoulder = between(chance, 1, 1.35);
    s->dash = between(chance, 0, 1);
    s->dashes = between(chance, 0.4, 1.2);
    s->line = between(chance, 0.015, 0.04);
    s->middle_line = happens(chance, 0.7);
    s->edge_lines = happens(chance, 0.6);
    s->car = happens(chance, 0.5);
    s->car_side = between(chance, -0.5, 0.5);
    s->car_near = between(chance, 0.12, 0.5);
    s->car_wide = between(chance, 0.3, 0.45);
    s->hills = between(chance, 0, 0.15);
    for (int i = 0; i < 4; i++)
        s->shadows[i] = shadow_of(chance);
}

static void colour_in(struct scene *s, struct chance *chance)
{
    const double grey = between(chance, 0.2, 0.6), yellow = happens(chance, 0.3);
    s->rough = between(chance, 0.03, 0.15);
    s->noise = between(chance, 0.01, 0.06);
    s->asphalt = near_to(chance, grey, grey, grey, 0.04);
    s->verge = verge_colour(chance);
    s->ground = near_to(chance, 0.5, 0.45, 0.38, 0.12);
    s->paint = near_to(chance, 0.9, 0.9 - 0.2 * yellow, 0.9 - 0.7 * yellow, 0.08);
    s->zenith = near_to(chance, 0.35, 0.5, 0.75, 0.2);
    s->haze = near_to(chance, 0.75, 0.78, 0.82, 0.15);
    s->hill = near_to(chance, 0.25, 0.32, 0.28, 0.12);
    s->body = near_to(chance, 0.5, 0.4, 0.4, 0.4);
    s->texture = mixed(chance->state);
}

/* ---- Its pixels ----------------------------------------------------------------------------- */

static struct colour sky(const struct scene *s, double x, double y)
{
    if (y > s->horizon - s->hills * (0.6 + 0.4 * cloudy(s->texture, 6 * x, 0)))
        return lit(s->hill, 1 + 0.25 * cloudy(s->texture + 1, 25 * x, 25 * y));
    const double clouds = fmax(cloudy(s->texture + 2, 3 * x, 9 * y), 0);
    return blend(blend(s->zenith, s->haze, y / s->horizon), (struct colour){0.95, 0.95, 0.95}, 0.7 * clouds);
}

/* Where the road has its middle, at a depth of 1 (near) to 0. */
static double middle(const struct scene *s, double depth)
{
    return s->vanishing + s->offset * depth + s->bend * depth * (1 - depth);
}

/* Paint of the road: `side` is -1 at its left edge and 1 at its right one, `away` how far off it is. */
static bool painted(const struct scene *s, double side, double away)
{
    const double dash = away * s->dashes + s->dash;
    return (s->middle_line && fabs(side) < s->line && dash - floor(dash) < 0.5) ||
           (s->edge_lines && fabs(fabs(side) - 0.92) < s->line);
}

/* The ground, and whether it is road. */
static struct colour ground(const struct scene *s, double x, double depth, bool *road)
{
    const double side = (x - middle(s, depth)) / (s->half * depth), away = 1 / depth;
    const double patches = cloudy(s->texture + 3, 6 * side, 6 * away);
    const double fine = cloudy(s->texture + 4, 40 * side, 40 * away);
    *road = fabs(side) < 1;
    if (*road && painted(s, side, away))
        return lit(s->paint, 1 + s->rough * fine);
    if (*road)
        return lit(s->asphalt, 1 + s->rough * (patches + fine));
    return lit(fabs(side) < s->shoulder ? s->ground : s->verge, 1 + 1.5 * s->rough * (patches + fine));
}

static double light_at(const struct scene *s, double x, double y)
{
    double light = 1;
    for (int i = 0; i < 4; i++) {
        const struct shadow *shadow = &s->shadows[i];
        if (hypot((x - shadow->x) / shadow->wide, (y - shadow->y) / shadow->high) < 1)
            light = fmin(light, shadow->light);
    }
    return light;
}

/* A car ahead hides what is behind it. */
static bool car(const struct scene *s, double x, double y, struct colour *colour)
{
    const double depth = s->car_near, wide = s->car_wide * s->half * depth, tall = 2.2 * wide;
    const double bottom = s->horizon + (1 - s->horizon) * depth, up = (bottom - y) / tall;
    const double across = fabs(x - middle(s, depth) - s->car_side * s->half * depth) / wide;
    if (!s->car || up < 0 || up > 1 || across > (up > 0.5 ? 0.8 : 1))
        return false;
    *colour = up < 0.12 ? (struct colour){0.05, 0.05, 0.05}
              : up > 0.55 && up < 0.9 && across < 0.65 ? (struct colour){0.15, 0.2, 0.25}
                                                       : s->body;
    return true;
}

static struct colour look(const struct scene *s, double x, double y, bool *road)
{
    struct colour colour;
    *road = false;
    if (car(s, x, y, &colour))
        return colour;
    if (y <= s->horizon)
        return sky(s, x, y);
    return lit(ground(s, x, (y - s->horizon) / (1 - s->horizon), road), light_at(s, x, y));
}

static float exposed(double light)
{
    return (float)fmin(fmax(light, 0), 1);
}

static void draw(struct chance *chance, float (*pixels)[3], int32_t *labels)
{
    struct scene scene;
    lay_out(&scene, chance);
    colour_in(&scene, chance);
    for (int i = 0; i < HEIGHT * WIDTH; i++) {
        bool road;
        struct colour colour = look(&scene, (i % WIDTH + 0.5) / WIDTH, (i / WIDTH + 0.5) / HEIGHT, &road);
        colour = near_to(chance, colour.red, colour.green, colour.blue, scene.noise);
        pixels[i][0] = exposed(colour.red);
        pixels[i][1] = exposed(colour.green);
        pixels[i][2] = exposed(colour.blue);
        labels[i] = road;
    }
}

const char *samples_draw_roads(struct samples *samples, int64_t count, uint64_t seed)
{
    const char *error = samples_create(samples, count, HEIGHT, WIDTH, 3, true);
    for (int64_t i = 0; !error && i < count; i++) {
        struct chance chance = chance_of(seed, i);
        draw(&chance, (float(*)[3])samples->images.data + i * HEIGHT * WIDTH,
             (int32_t *)samples->labels.data + i * HEIGHT * WIDTH);
    }
    return error;
}
