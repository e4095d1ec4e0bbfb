/* A program that uses the installed library: 0 when the worked example comes out right. */
#include <nhwc/nhwc.h>
#include <stdio.h>

int main(void)
{
    const float x_data[] = {1, 2, 3, 4}, filter_data[] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
    const float middle[] = {4, 4, 10, 6, 6};
    float y_data[25];
    const nhwc_tensor x = NHWC_TENSOR(NHWC_FLOAT32, x_data, 1, 2, 2, 1);
    const nhwc_tensor filter = NHWC_TENSOR(NHWC_FLOAT32, filter_data, 3, 3, 1, 1);
    nhwc_tensor y = NHWC_TENSOR(NHWC_FLOAT32, y_data, 1, 5, 5, 1);
    const nhwc_conv2d_options options = {.strides = {2, 2}};
    if (nhwc_conv2d_transpose(NULL, &x, &filter, NULL, &options, &y) != NHWC_OK) {
        fprintf(stderr, "%s\n", nhwc_last_error());
        return 1;
    }
    for (int i = 0; i < 5; i++)
        if (y_data[10 + i] != middle[i])
            return 1;
    printf("nhwc %s\n", nhwc_version());
    return 0;
}
