/* nputwin.h is C: this compiles as such, and what it calls is called by capi_test.cc. */

#include <nputwin/nputwin.h>

int nputwin_header_in_c(void);

int nputwin_header_in_c(void) {
  nputwin_context* context = nputwin_context_new();
  const char* const words[] = {"isas"};
  nputwin_answer* answer = NULL;
  size_t size = 0;
  int done = nputwin_call(context, words, 1, NULL, 0, &answer) == NPUTWIN_OK;
  done = done && nputwin_answer_text(answer, &size)[size] == 0 && size > 0;
  nputwin_answer_free(answer);
  nputwin_context_free(context);
  return done && nputwin_api_version() == NPUTWIN_API_VERSION;
}
