/* sums_in_c MODEL PROFILE OP: the exact sums of a multiply-accumulate op before they are rescaled, and the codes that the
 * profile makes of them, for an input of equal steps through all codes. In C, with one context and no other library. */

#include <nputwin/nputwin.h>
#include <stdio.h>
#include <stdlib.h>

/* Ends with the reason where a call has failed. */
static void check(nputwin_context* context, nputwin_status status) {
  if (status != NPUTWIN_FAILED) return;
  fprintf(stderr, "%s\n", nputwin_error(context));
  exit(2);
}

static void fill(nputwin_twin* twin, size_t k, size_t bytes) {
  unsigned char* input = nputwin_twin_input_data(twin, k);
  for (size_t i = 0; i < bytes; ++i) input[i] = (unsigned char)(4 * i);
}

static int code(const nputwin_tensor* tensor, size_t i) {
  return tensor->type[0] == 'u' ? ((const unsigned char*)tensor->data)[i] : ((const signed char*)tensor->data)[i];
}

int main(int argc, char** argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: %s MODEL PROFILE OP\n", argv[0]);
    return 2;
  }
  nputwin_context* context = nputwin_context_new();
  nputwin_model* model = NULL;
  check(context, nputwin_model_open(context, argv[1], &model));
  const nputwin_option keep = {"keep", "yes"};
  nputwin_twin* twin = NULL;
  check(context, nputwin_twin_new(context, model, argv[2], &keep, 1, &twin));
  nputwin_tensor tensor = {.struct_size = sizeof tensor}, sums = {.struct_size = sizeof sums};
  for (size_t k = 0; k < nputwin_twin_input_count(twin); ++k) {
    check(context, nputwin_twin_input(twin, k, &tensor));
    fill(twin, k, tensor.bytes);
  }
  check(context, nputwin_twin_run(twin));
  check(context, nputwin_twin_accumulators(twin, (size_t)strtoul(argv[3], NULL, 10), &sums));
  check(context, nputwin_twin_tensor(twin, sums.index, &tensor));
  for (size_t i = 0; i < 4 && i < tensor.bytes; ++i)
    printf("%lld -> %d\n", (long long)((const int64_t*)sums.data)[i], code(&tensor, i));
  nputwin_twin_free(twin);
  nputwin_model_free(model);
  nputwin_context_free(context);
  return 0;
}
